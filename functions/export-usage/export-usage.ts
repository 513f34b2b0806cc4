import { maxUnderWay } from "#shared/exports/admission/admission";
import { admitNext } from "#shared/exports/admission/admit";
import { newHold } from "#shared/exports/export-lease";
import type { UsageExport } from "#shared/exports/usage-export";
import { logFailure } from "#shared/log-failure";
import { withLogFields } from "#shared/logger";
import type { Pacer } from "#shared/pace/pacer";
import { type Carrying, carryExport, type Leg, type LegOutcome } from "./carry-export.ts";
import { newCompany } from "./send/own-quota.ts";

export interface Dependencies extends Carrying {
  /** The moments for the calls of one worker, by run. */
  pacersFor: (worker: string) => (run: UsageExport) => Pacer;
  /** The full rate, for everybody together. */
  callsPerSecond: number;
}

export type Lane = "on-demand" | "scheduled";

/** One message's run, and what became of it. */
export interface Message extends Leg {
  lane: Lane;
}

/**
 * How many runs one worker carries at a time, under one pacer: all that are under way. A second worker would not send
 * faster, for they share one rate, and would be paid for while it waits for it.
 */
export const maxRunsPerWorker = maxUnderWay;
// A worker with room looks for another run so often: new wants come with the minute, or when a run ends.
const lookEveryMs = 2_000;
// what is begun with less time left is handed over before it has sent anything
const mayBeginMs = 110_000;

/**
 * Carries the runs of these messages side by side and, where nobody waits for them, admits further ones for as long as
 * there is room and time: the rate is not paid for by many workers that wait. Answers for each message what became of
 * it, or its failure.
 */
export const exportUsage = (dependencies: Dependencies) => {
  const { table, clock, newId, refusals, pacersFor, callsPerSecond } = dependencies;
  const carry = carryExport(dependencies);
  const admit = admitNext({ table, now: () => new Date(clock.now()), newId, obstacleFor: refusals.obstacleFor });

  return async <M extends Message>(
    messages: M[],
    { remainingMs }: { remainingMs: () => number },
  ): Promise<Map<M, LegOutcome | { failure: unknown }>> => {
    const holder = newId();
    const lane = messages[0]?.lane ?? "scheduled";
    const invocation = { holder, pacerFor: pacersFor(holder), callsPerSecond, company: newCompany(), remainingMs };
    const outcomes = new Map<M, LegOutcome | { failure: unknown }>();
    const waiting = [...messages];
    /** Runs that this worker has closed: the row of those under way may still list them. */
    const closed = new Set<string>();
    /**
     * Runs that have failed here, perhaps while it was being found out what a refusal meant: nobody knows of it any
     * more, and a worker does not try a refused key twice. Another one begins anew.
     */
    const failed = new Set<string>();
    /** The runs that this worker carries now. To itself, its lease is no obstacle. */
    const carried = new Set<string>();
    let wake: () => void = () => undefined;
    const ended = () => new Promise<void>((resolve) => (wake = resolve));

    const begin = (leg: Leg, message?: M): void => {
      const run = `${leg.partnerId} ${leg.exportId}`;
      if (carried.has(run)) {
        if (message) outcomes.set(message, "carried-elsewhere");
        return;
      }
      carried.add(run);
      carry(leg, invocation)
        .then(
          (outcome) => {
            if (outcome === "finished") closed.add(leg.exportId);
            if (message) outcomes.set(message, outcome);
          },
          async (failure: unknown) => {
            const { partnerId, exportId } = leg;
            failed.add(exportId);
            // a run without a message of its own gets one when its lease has ended
            if (message) outcomes.set(message, { failure });
            else
              await withLogFields({ partnerId, exportId }, async () =>
                logFailure("run failed, it will be taken up again", failure),
              );
          },
        )
        .finally(() => {
          carried.delete(run);
          wake();
        });
    };
    let hasCalled = false;
    const next = async () => {
      if (lane !== "scheduled" || hasCalled) return undefined;
      // its time is nearly up: a message wakes another worker for whoever waits now
      hasCalled = remainingMs() <= mayBeginMs;
      const hold = hasCalled ? null : newHold(holder, clock.now());
      const admitted = await admit(hold, { ended: closed, failed, isLeaving: hasCalled }).catch(
        (error: unknown) => void logFailure("no run was admitted", error),
      );
      return hasCalled ? undefined : admitted;
    };

    for (;;) {
      while (carried.size < maxRunsPerWorker) {
        const message = waiting.shift();
        if (message) begin(message, message);
        else {
          const leg = await next();
          if (!leg) break;
          begin(leg);
        }
      }
      if (carried.size === 0) return outcomes;
      const looksOn = lane === "scheduled" && carried.size < maxRunsPerWorker && remainingMs() > mayBeginMs;
      await Promise.race([ended(), ...(looksOn ? [clock.sleep(lookEveryMs)] : [])]);
    }
  };
};
