import type { Refusals } from "#shared/breakers/refusals";
import { isAppError } from "#shared/errors";
import { type Lease, leaseMs } from "#shared/exports/export-lease";
import type { Receipt } from "#shared/exports/line";
import { exportMode, type StopReason, type UsageExport } from "#shared/exports/usage-export";
import type { CountAnswer, CountClient } from "#shared/gradient/gradient-api";
import { activateIntegration } from "#shared/integrations/activate-integration";
import { findIntegration, type Integration, maySend } from "#shared/integrations/integration";
import { asConnected } from "#shared/integrations/record/closing";
import { largeLines } from "#shared/integrations/record/expected-lines";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";
import { readToken } from "#shared/secrets/read-token";
import type { TokenVault } from "#shared/secrets/token-vault";
import { listServices } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { lineKey } from "#shared/usage/ledger";
import { rethrowFromPlan } from "./plan/cannot-plan.ts";
import { planExport } from "./plan/plan-export.ts";
import { turnsFor } from "./plan/turns.ts";
import type { ExportRun, RunToken } from "./send/export-run.ts";
import { type LineOfCall, newHalt } from "./send/halt.ts";
import type { Company } from "./send/own-quota.ts";
import { newPatience } from "./send/patience.ts";
import { handOverMs } from "./send/send-chunks.ts";

interface Dependencies {
  table: Table;
  gradient: CountClient;
  vault: Pick<TokenVault, "read">;
  refusals: Pick<Refusals, "obstacleFor" | "note">;
  clock: Clock;
  random: () => number;
  newId: () => string;
}

interface Invocation {
  pacerFor: (run: UsageExport) => Pacer;
  callsPerSecond: number;
  company: Company;
  remainingMs: () => number;
}

/** What this worker knows of the run from a try before, which a refusal has ended. */
export interface Before {
  /** What became of that refusal: it says more than what follows from it. */
  refused: StopReason | null;
  /** The lines that Gradient refuses, whatever it makes of the token. */
  refusedLines: readonly LineOfCall[];
  heard: ExportRun["heard"];
  notTaken: ExportRun["notTaken"];
}

const unknownMode = { kind: "unknown-mode", reason: "unknown-mode" } as const;
const notConnected = { kind: "not-connected", reason: "not-connected" } as const;

/** What an answer says of Gradient, and of the token. */
const outcomeOf = (kind: CountAnswer["kind"]): "taken" | "answered" | "failed" => {
  if (kind === "in-doubt") return "failed";
  return kind === "accepted" || kind === "unmapped" || kind === "rejected" ? "taken" : "answered";
};

/** Everything that a worker needs to send a run whose lease it has taken. Plans the run if nobody has. */
export const startRun = (dependencies: Dependencies) => {
  const { table, gradient, vault, refusals, clock, random, newId } = dependencies;
  const now = () => new Date(clock.now());
  const activate = activateIntegration({ table, now, newId });

  const tokenOf = async (integration: Integration | undefined): Promise<RunToken | null> => {
    if (!integration?.token || !maySend(integration)) return null;
    const { secretName, versionId, checkedAt } = integration.token;
    try {
      return { value: await readToken({ vault, clock }, { secretName, versionId, checkedAt }), secretName, versionId };
    } catch (error) {
      if (!isAppError(error, "token.missing")) throw error;
      logger.error("a registered token is missing from the secret store", {});
      return null;
    }
  };

  /**
   * Plans of one worker take turns: a large one takes tens of megabytes meanwhile, and small ones side by side take the
   * processor from calls that are due, whose moments are lost then.
   */
  const large = turnsFor(1);
  const small = turnsFor(4);
  const inTurn = async <T>(lease: Lease, { sizes }: Integration, work: () => Promise<T>): Promise<T> => {
    const turns = sizes.lines > largeLines ? large : small;
    const turn = turns.take();
    try {
      for (let isTurn = turn === undefined; !isTurn; ) {
        isTurn = (await Promise.race([turn?.then(() => true), clock.sleep(leaseMs / 4).then(() => false)])) ?? true;
        await lease.keep();
      }
      return await work();
    } finally {
      // a run that was lost while it waited has a turn to come
      void Promise.resolve(turn).then(turns.give);
    }
  };

  const plan = async (lease: Lease, integration: Integration, readAt: Date, mayBegin: () => boolean) => {
    const planning = { table, lease, integration, readAt, mayBegin, now: clock.now };
    const planned = await inTurn(lease, integration, () => planExport(planning).catch(rethrowFromPlan));
    const at = now().toISOString();
    await lease.save((current) => ({ ...current, ...planned.plan, state: "sending", startedAt: at, progressAt: at }));
    return planned;
  };

  /** The first accepted count proves the mapping. */
  const activateOnce = (lease: Lease, integration: Integration | undefined) => {
    let isActive = integration?.state === "active" || lease.current().mode === "dry-run";
    return async (receipts: Receipt[]): Promise<void> => {
      if (isActive || !receipts.some(({ outcome }) => outcome === "accepted")) return;
      const { partnerId, connectionId } = lease.current();
      await activate({ partnerId, connectionId: connectionId ?? "" });
      isActive = true;
    };
  };

  return async (lease: Lease, invocation: Invocation, before: Before): Promise<ExportRun> => {
    const { refused, refusedLines, heard, notTaken } = before;
    const { partnerId, mode, connectionId: plannedFor } = lease.current();
    const readAt = now();
    const found = await findIntegration(table, partnerId);
    const isFinal = lease.current().kind === "final";
    const integration = found && isFinal ? asConnected(found) : found;
    // zeros are for a partner that leaves, and for nobody who has come back meanwhile
    const token = isFinal && !found?.closing ? null : await tokenOf(integration);
    const halt = newHalt(() => lease.current().stop);
    const obstacle = async (): Promise<StopReason | null> =>
      mode === "dry-run" ? null : ((await refusals.obstacleFor(partnerId, token?.versionId))?.why ?? null);
    const outage = async (): Promise<StopReason | null> =>
      mode === "dry-run" ? null : ((await refusals.obstacleFor(null))?.why ?? null);
    const blocked = await obstacle();
    if (!exportMode.safeParse(mode).success) halt.meet(unknownMode);
    if (refused !== null) halt.meet({ kind: "blocked", reason: refused });
    // another version's, or one whose row could not be read for some time, was given up: another run may be under way
    const isGivenUp = mode !== "dry-run" && found?.currentExportId !== lease.current().id;
    if (token === null || isGivenUp) halt.meet(notConnected);
    else if (blocked !== null) halt.meet({ kind: "blocked", reason: blocked });
    // What Gradient holds on one connection says nothing about another. Registering stops the run, but this worker may
    // have taken it a moment before.
    if (plannedFor !== null && plannedFor !== integration?.gradient?.integrationId) halt.meet(notConnected);
    const mayPlan = integration && halt.stop() === null && lease.current().chunks === null;
    // with room for storing the plan: numbers that were noted and not sent would be in doubt
    const mayBegin = () => invocation.remainingMs() >= handOverMs + 10_000;
    const patience = newPatience(clock, invocation.company);
    const onAnswer: ExportRun["onAnswer"] = (answer, at) => {
      patience.heard(answer, at);
      void refusals.note({ partnerId, outcome: outcomeOf(answer.kind), at });
    };
    const planned = mayPlan ? await plan(lease, integration, readAt, mayBegin) : undefined;
    return {
      table,
      gradient,
      pacer: invocation.pacerFor(lease.current()),
      callsPerSecond: invocation.callsPerSecond,
      clock,
      random,
      lease,
      halt,
      token,
      connectionId: lease.current().connectionId ?? "",
      ledgerBits: planned?.ledgerBits ?? integration?.ledgerBits ?? 0,
      services: planned?.services ?? new Map((await listServices(table)).map((service) => [service.id, service])),
      prepared: planned?.prepared ?? new Map(),
      obstacle,
      outage,
      patience,
      onAnswer,
      heard,
      notTaken,
      refusedLines: new Set(refusedLines.map(lineKey)),
      remainingMs: invocation.remainingMs,
      onSettled: activateOnce(lease, integration),
    };
  };
};
