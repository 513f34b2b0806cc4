import { AppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { type Closing, closingAbandoned } from "#shared/exports/ending/close-export";
import { owesViews } from "#shared/exports/ending/owe-views";
import { exportWrite, findExport, isHeld, isOver, type UsageExport } from "#shared/exports/usage-export";
import { findIntegration, integrationWrite } from "#shared/integrations/integration";
import { owe } from "#shared/outbox/outbox";
import { retryOnConflict, written } from "#shared/table/table";

export interface Cancellation {
  partnerId: string;
  exportId: string;
  by: Actor;
}

/**
 * Stops a running export. A worker that is at it hears of it with its next checkpoint, about a second later, ends the
 * remaining lines as `deferred` and closes the run. One that nobody is at is closed here, so that its partner is free
 * at once; where it has sent something already, a worker is called for that, who has Gradient show it. What was
 * accepted by then stays accepted. An export that is over stays as it ended.
 */
export const cancelExport = ({ table, now, newId, random }: Closing) => {
  const closeAbandoned = closingAbandoned({ table, now, newId, random });

  return ({ partnerId, exportId, by }: Cancellation): Promise<UsageExport> =>
    retryOnConflict(async () => {
      const running = await findExport(table, partnerId, exportId);
      if (!running) throw new AppError("not-found", "export.not-found", "There is no such export.");
      if (isOver(running)) return running;
      const time = now();
      const event = eventWrite({
        id: newId(),
        partnerId,
        type: "export.cancelled",
        at: time.toISOString(),
        details: { exportId },
        ...by,
      });
      if (isHeld(running, time)) {
        if (running.stop !== null) return running;
        const cancelled: UsageExport = { ...running, stop: "cancelled" };
        await table.transact([exportWrite(cancelled), event]);
        return written(cancelled);
      }
      if (owesViews(running) && (running.stop === null || running.stop === "cancelled")) {
        if (running.stop !== null) return running;
        const at = time.toISOString();
        const leg = running.leg + 1;
        const cancelled: UsageExport = { ...running, stop: "cancelled", leg, queuedAt: at, lease: null };
        // a person waits, whoever has started the run
        const message = { kind: "export-usage", lane: "on-demand", partnerId, exportId, leg } as const;
        await table.transact([exportWrite(cancelled), owe(message, { id: newId(), at }), event]);
        return written(cancelled);
      }
      const integration = await findIntegration(table, partnerId);
      if (!integration) throw new AppError("not-found", "export.not-found", "There is no such export.");
      const { over, after, writes } = await closeAbandoned(running, integration, "cancelled");
      await table.transact([...writes, integrationWrite(after), event]);
      return over;
    });
};
