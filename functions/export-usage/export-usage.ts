import { isAppError } from "#shared/errors";
import { type Lease, LeaseLost, takeLease } from "#shared/exports/export-lease";
import { startDueExport } from "#shared/exports/start-due-export";
import { expectedMs } from "#shared/exports/start-usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import { activateIntegration } from "#shared/integrations/activate-integration";
import { findIntegration, integrationWrite, maySend, withProblem } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { logger, withLogFields } from "#shared/logger";
import type { TaskQueues } from "#shared/outbox/task-queues";
import type { Clock } from "#shared/pace/clock";
import { pacer } from "#shared/pace/pacer";
import type { TableSlots } from "#shared/pace/table-slots";
import type { TokenVault } from "#shared/secrets/token-vault";
import { listServices } from "#shared/services/hub-service";
import { retryOnConflict, type Table } from "#shared/table/table";
import { closeExport } from "./close-export.ts";
import { planExport } from "./plan/plan-export.ts";
import { type ExportRun, newHalt } from "./send/export-run.ts";
import { rebuildViews } from "./send/rebuild-views.ts";
import { sendChunks } from "./send/send-chunks.ts";

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

// Slots fetched at once, one write each. A person waits for an on-demand run, so it takes the larger share: three of four
// beside one scheduled run, and a fair part beside ten.
export const blockSizes = { "on-demand": 90, scheduled: 30 };

/**
 * Carries one export for as long as this invocation may last: takes the lease, plans if nobody has, sends, and closes or hands
 * over. Everything it does may be done again by another worker after a crash at any point.
 */
export const exportUsage = (dependencies: Dependencies) => {
  const { table, clock, newId } = dependencies;
  const now = () => new Date(clock.now());
  const activate = activateIntegration({ table, now, newId });
  const suspend = suspendIntegration({ table, now, newId });
  const close = closeExport({ table, now, newId });
  const startDue = startDueExport({ table, now, newId });

  /** Gradient's 403 concerns every partner: nobody sends until an operator has cleared it. */
  const block = async (partnerId: string) => {
    const since = now().toISOString();
    await dependencies.slotsFor(partnerId).block(since);
    logger.error("gradient refuses all calls, an operator has to clear it", {});
    await retryOnConflict(async () => {
      const current = await findIntegration(table, partnerId);
      if (current) await table.transact([integrationWrite(withProblem(current, "gradient.forbidden", since))]);
    });
  };

  const startRun = async (
    lease: Lease,
    remainingMs: () => number,
  ): Promise<ExportRun & { secretName: string; versionId: string }> => {
    const { partnerId, lane, mode } = lease.current();
    const integration = await findIntegration(table, partnerId);
    const halt = newHalt(() => lease.current().stop);
    const stored = integration && maySend(integration) ? integration.token : null;
    const token =
      stored &&
      (await dependencies.vault.read(stored.secretName, stored.versionId).catch((error: unknown) => {
        if (!isAppError(error, "token.missing")) throw error;
        logger.error("a registered token is missing from the secret store", {});
        return null;
      }));
    if (!integration || !token) halt.stopFor("not-connected");
    // What Gradient holds on one connection says nothing about another. Registering stops the run, but this worker may have taken it
    // a moment before.
    const { connectionId: plannedFor } = lease.current();
    if (plannedFor !== null && plannedFor !== integration?.gradient?.integrationId) halt.stopFor("not-connected");
    let ledgerBits = integration?.ledgerBits ?? 0;
    if (integration && token && lease.current().chunks === null) {
      const plan = await planExport(table, lease, integration);
      ledgerBits = plan.ledgerBits;
      await lease.save((current) => ({
        ...current,
        state: "sending",
        startedAt: now().toISOString(),
        // from here on it is being sent; before, it may have waited for others for as long as it took
        expectedBy: new Date(clock.now() + expectedMs).toISOString(),
        connectionId: integration.gradient?.integrationId ?? "",
        chunks: plan.chunks,
        endsBilling: plan.endsBilling,
        acceptedLine: integration.viewsOwed,
        totals: { ...current.totals, lines: plan.lines },
      }));
    }
    const services = new Map((await listServices(table)).map((service) => [service.id, service]));
    let isActive = integration?.state === "active";
    const slots = dependencies.slotsFor(partnerId);
    return {
      ...dependencies,
      pacer: pacer(slots, clock, blockSizes[lane], 0),
      callsPerSecond: slots.perSecond,
      lease,
      halt,
      token,
      secretName: stored?.secretName ?? "",
      versionId: stored?.versionId ?? "",
      connectionId: lease.current().connectionId ?? "",
      ledgerBits,
      services,
      remainingMs,
      onSettled: async (receipts) => {
        if (isActive || mode === "dry-run" || !receipts.some(({ outcome }) => outcome === "accepted")) return;
        await activate({ partnerId, connectionId: lease.current().connectionId ?? "" });
        isActive = true;
      },
    };
  };

  const carry = async (lease: Lease, holder: string, remainingMs: () => number): Promise<LegOutcome> => {
    const { partnerId, id: exportId, lane } = lease.current();
    const run = await startRun(lease, remainingMs);
    const how = await sendChunks(run);
    if (how === "sent") await rebuildViews(run);
    const stop = run.halt.stop();
    if (run.halt.met() === "token-rejected") {
      dependencies.vault.forget(run.secretName);
      await suspend({ partnerId, versionId: run.versionId });
    }
    if (run.halt.met() === "forbidden") await block(partnerId);
    if (stop !== null) await lease.save((current) => ({ ...current, stop: current.stop ?? stop }));
    if (how === "hand-over") {
      // the successor waits for the lease; without its message nobody would take it
      const leg = lease.current().leg + 1;
      await lease.save((current) => ({ ...current, leg }));
      await dependencies.queues.send({ kind: "export-usage", lane, partnerId, exportId, leg });
      await lease.release();
      return "handed-over";
    }
    const { over, integration } = await close(partnerId, exportId, holder);
    logger.info("export finished", { outcome: over.outcome ?? "", ...over.totals });
    // A partner that became due meanwhile; where this is not reached, the next tick sees to it. Whoever cancels has until then to pause.
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
