import type { Refusals } from "#shared/breakers/refusals";
import { type Closing, closingWrites } from "#shared/exports/ending/close-export";
import { type Lease, LeaseLost, takeLease } from "#shared/exports/export-lease";
import { isAwaited, startAtOnce } from "#shared/exports/start-usage-export";
import type { StopReason, UsageExport } from "#shared/exports/usage-export";
import type { CountClient } from "#shared/gradient/gradient-api";
import { findIntegration, integrationWrite } from "#shared/integrations/integration";
import { logFailure } from "#shared/log-failure";
import { logger, withLogFields } from "#shared/logger";
import { owe } from "#shared/outbox/outbox";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";
import type { TokenVault } from "#shared/secrets/token-vault";
import { retryOnConflict, type Table } from "#shared/table/table";
import { CannotPlan } from "./plan/cannot-plan.ts";
import type { ExportRun } from "./send/export-run.ts";
import { Refusal } from "./send/halt.ts";
import type { Company } from "./send/own-quota.ts";
import { oweStoppedViews, rebuildViews } from "./send/rebuild-views.ts";
import { sendChunks } from "./send/send-chunks.ts";
import { type Before, startRun } from "./start-run.ts";

export interface Carrying {
  table: Table;
  gradient: CountClient;
  vault: Pick<TokenVault, "read" | "forget">;
  refusals: Refusals;
  clock: Clock;
  random: () => number;
  newId: () => string;
}

export interface Leg {
  partnerId: string;
  exportId: string;
}

interface Invocation {
  /** Names the worker in leases. */
  holder: string;
  pacerFor: (run: UsageExport) => Pacer;
  callsPerSecond: number;
  /** Of the runs that this worker carries. */
  company: Company;
  remainingMs: () => number;
}

export type LegOutcome = "finished" | "handed-over" | "already-over" | "carried-elsewhere" | "taken-over";

/**
 * Carries one export for as long as this invocation may last: takes the lease, plans if nobody has, sends, and closes
 * or hands over. Everything it does may be done again by another worker after a crash at any point.
 */
export const carryExport = (dependencies: Carrying) => {
  const { table, vault, refusals, clock, random, newId } = dependencies;
  const now = () => new Date(clock.now());
  const closing: Closing = { table, now, newId, random };
  const start = startRun(dependencies);

  /** Closes it as this worker knows it, and reads it anew where somebody has written it since. */
  const close = (lease: Lease) => {
    let isOutdated = false;
    return retryOnConflict(async () => {
      const running = isOutdated ? await lease.reread() : lease.current();
      const before = await findIntegration(table, running.partnerId);
      if (!before) throw new LeaseLost();
      isOutdated = true;
      const { over, after, writes } = await closingWrites(closing)(running, before);
      const record = isAwaited(over, after)
        ? startAtOnce(after, { now: now(), newId }).writes
        : [integrationWrite(after)];
      await table.transact([...writes, ...record]);
      return over;
    });
  };

  /** Whether the run goes on: Gradient took the token when it was asked again. Otherwise it is stopped. */
  const clearUp = async (refusal: Refusal, run: ExportRun): Promise<StopReason | null> => {
    const { lease, token, connectionId } = run;
    if (token === null) return "not-connected";
    const { secretName, versionId: tokenVersionId } = token;
    const { partnerId } = lease.current();
    const call = { partnerId, tokenVersionId, connectionId, sentAt: refusal.sentAt };
    if (refusal.kind === "forbidden") {
      await refusals.forbid(call);
      return "gradient-refuses";
    }
    vault.forget(secretName);
    // the keeper of the breakers knows the keys of those who are connected, and takes this refusal for outdated
    if (lease.current().kind === "final")
      return (await refusals.obstacleFor(partnerId, tokenVersionId))?.why ?? "token-rejected";
    const verdict = await refusals.confirm(call, () => lease.keep());
    if (verdict === "taken") return null;
    return verdict === "refused" ? "token-rejected" : verdict;
  };

  const send = async (lease: Lease, invocation: Invocation, before: Before) => {
    const run = await start(lease, invocation, before);
    try {
      const how = await sendChunks(run);
      if (how === "sent") await rebuildViews(run);
      run.halt.rethrow();
      // whoever takes no count rebuilds no views, either
      if (how === "sent" && run.halt.stop() !== null) await oweStoppedViews(run);
      return { how, stop: run.halt.stop()?.reason ?? null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const stop = await clearUp(error, run);
      // whoever leaves is not asked for whose key it is: its zeros are sent as long as some are taken
      const mayBeTheLines = stop === "gradient-refuses" || run.lease.current().kind === "final";
      const refusedLines = mayBeTheLines ? run.halt.refusedLines() : [];
      return { how: "refused" as const, stop, refusedLines };
    }
  };

  const handOver = async (lease: Lease): Promise<LegOutcome> => {
    await lease.handOver(({ partnerId, id: exportId, lane, leg, queuedAt: at }) =>
      owe({ kind: "export-usage", lane, partnerId, exportId, leg }, { id: newId(), at }),
    );
    return "handed-over";
  };

  const carry = async (lease: Lease, invocation: Invocation): Promise<LegOutcome> => {
    const heard: ExportRun["heard"] = new Map();
    const notTaken: ExportRun["notTaken"] = new Map();
    let end = await send(lease, invocation, { refused: null, refusedLines: [], heard, notTaken });
    // what was refused, and what was not sent any more, is sent now; or ends with the reason
    while (end.how === "refused") {
      const { stop: refused, refusedLines } = end;
      end = await send(lease, invocation, { refused, refusedLines, heard, notTaken });
    }
    const { stop } = end;
    if (stop !== null) await lease.save((current) => ({ ...current, stop: current.stop ?? stop }));
    if (end.how === "hand-over") return handOver(lease);
    const over = await close(lease);
    logger.info("export finished", { outcome: over.outcome ?? "", ...over.totals });
    return "finished";
  };

  /**
   * Ends a run that can never be planned, and has sent nothing: twenty of them would hold every place for as long as
   * runs are given to get anywhere.
   */
  const giveUp = async (lease: Lease, error: unknown): Promise<LegOutcome> => {
    logFailure("an export cannot be planned and is closed", error);
    await lease.save((current) => ({ ...current, stop: current.stop ?? "stalled" }));
    await close(lease);
    return "finished";
  };

  return ({ partnerId, exportId }: Leg, invocation: Invocation): Promise<LegOutcome> =>
    withLogFields({ partnerId, exportId }, async () => {
      const lease = await takeLease({ table, clock, holder: invocation.holder }, { partnerId, exportId });
      if (typeof lease === "string") return lease;
      try {
        return await carry(lease, invocation).catch((error: unknown) => {
          if (!(error instanceof CannotPlan)) throw error;
          return giveUp(lease, error.cause);
        });
      } catch (error) {
        if (error instanceof LeaseLost) return "taken-over";
        throw error;
      }
    });
};
