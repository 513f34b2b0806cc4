import { type Lease, LeaseLost, takeLease } from "#shared/exports/export-lease";
import { startDueExport } from "#shared/exports/start-due-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import { findIntegration, integrationWrite, withProblem } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { logger, withLogFields } from "#shared/logger";
import type { TaskQueues } from "#shared/outbox/task-queues";
import type { Clock } from "#shared/pace/clock";
import type { TableSlots } from "#shared/pace/table-slots";
import type { TokenVault } from "#shared/secrets/token-vault";
import { retryOnConflict, type Table } from "#shared/table/table";
import { closeExport } from "./close-export.ts";
import type { RunToken } from "./send/export-run.ts";
import type { Stop } from "./send/halt.ts";
import { rebuildViews } from "./send/rebuild-views.ts";
import { sendChunks } from "./send/send-chunks.ts";
import { startRun } from "./start-run.ts";

export interface Dependencies {
  table: Table;
  gradient: Pick<GradientApi, "setUnitCount">;
  vault: Pick<TokenVault, "read" | "forget">;
  queues: TaskQueues;
  /** The slots for one partner's calls. */
  slotsFor: (partnerId: string) => TableSlots;
  clock: Clock;
  random: () => number;
  newId: () => string;
}

export interface Leg {
  partnerId: string;
  exportId: string;
}

export type LegOutcome = "finished" | "handed-over" | "already-over" | "taken-over";

/**
 * Carries one export for as long as this invocation may last: takes the lease, plans if nobody has, sends, and closes
 * or hands over. Everything it does may be done again by another worker after a crash at any point.
 */
export const exportUsage = (dependencies: Dependencies) => {
  const { table, vault, queues, slotsFor, clock, newId } = dependencies;
  const now = () => new Date(clock.now());
  const start = startRun(dependencies);
  const suspend = suspendIntegration({ table, now, newId });
  const close = closeExport({ table, now, newId });
  const startDue = startDueExport({ table, now, newId });

  /** Gradient's 401 concerns the token that was sent: another one may be registered by now. */
  const reject = async (partnerId: string, token: RunToken | null): Promise<void> => {
    if (token === null) return;
    vault.forget(token.secretName);
    await suspend({ partnerId, versionId: token.versionId });
  };

  /** Gradient's 403 concerns every partner: nobody sends until an operator has cleared it. */
  const block = async (partnerId: string) => {
    const since = now().toISOString();
    await slotsFor(partnerId).block(since);
    logger.error("gradient refuses all calls, an operator has to clear it", {});
    await retryOnConflict(async () => {
      const current = await findIntegration(table, partnerId);
      if (current) await table.transact([integrationWrite(withProblem(current, "gradient.forbidden", since))]);
    });
  };

  /** What a stop calls for outside of the run. */
  const actOn = async (stop: Stop, partnerId: string, token: RunToken | null): Promise<void> => {
    switch (stop.kind) {
      case "refused":
        return stop.reason === "forbidden" ? block(partnerId) : reject(partnerId, token);
      case "slots-denied":
        return block(partnerId);
      // an earlier worker has acted on the refusal that it met, under the token of then
      case "told":
      case "not-connected":
      case "unknown-mode":
        return undefined;
    }
  };

  const carry = async (lease: Lease, holder: string, remainingMs: () => number): Promise<LegOutcome> => {
    const { partnerId, id: exportId, lane } = lease.current();
    const run = await start(lease, remainingMs);
    const how = await sendChunks(run);
    if (how === "sent") await rebuildViews(run);
    const stop = run.halt.stop();
    if (stop !== null) {
      await actOn(stop, partnerId, run.token);
      await lease.save((current) => ({ ...current, stop: current.stop ?? stop.reason }));
    }
    if (how === "hand-over") {
      // sent before the lease is let go: the next worker waits for the lease, but without a message there is no next
      // worker
      const leg = lease.current().leg + 1;
      await lease.save((current) => ({ ...current, leg }));
      await queues.send({ kind: "export-usage", lane, partnerId, exportId, leg });
      await lease.release();
      return "handed-over";
    }
    const { over, integration } = await close(partnerId, exportId, holder);
    logger.info("export finished", { outcome: over.outcome ?? "", ...over.totals });
    // The partner may have become due meanwhile; if this worker dies here, the next tick starts that run. After a
    // cancellation the tick does it in any case: until then the person can pause.
    if (over.stop !== "cancelled") await startDue(integration);
    return "finished";
  };

  return ({ partnerId, exportId }: Leg, { remainingMs }: { remainingMs: () => number }): Promise<LegOutcome> =>
    withLogFields({ partnerId, exportId }, async () => {
      const holder = newId();
      const lease = await takeLease({ table, clock, holder }, { partnerId, exportId });
      if (!lease) return "already-over";
      try {
        return await carry(lease, holder, remainingMs);
      } catch (error) {
        if (error instanceof LeaseLost) return "taken-over";
        throw error;
      }
    });
};
