import { AppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { exportWrite, findExport, isOver, type UsageExport } from "#shared/exports/usage-export";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";

export interface Cancellation {
  partnerId: string;
  exportId: string;
  by: Actor;
}

/**
 * Asks a running export to stop. Its worker reads this at its next checkpoint, about a second later, ends the remaining
 * lines as `deferred` and closes the run. Counts that were accepted until then stay accepted. An export that is over
 * stays as it is.
 */
export const cancelExport =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, exportId, by }: Cancellation): Promise<UsageExport> =>
    retryOnConflict(async () => {
      const running = await findExport(table, partnerId, exportId);
      if (!running) throw new AppError("not-found", "export.not-found", "There is no such export.");
      if (isOver(running) || running.stop !== null) return running;
      const cancelled: UsageExport = { ...running, stop: "cancelled" };
      const at = now().toISOString();
      await table.transact([
        exportWrite(cancelled),
        eventWrite({ id: newId(), partnerId, type: "export.cancelled", at, details: { exportId }, ...by }),
      ]);
      return cancelled;
    });
