import { type Breaker, iso, partnerOf } from "#shared/breakers/state/breaker";
import type { Outcome } from "#shared/breakers/verdicts/outage-watch";
import type { Fleet } from "./fleet.ts";

// as the watch over outages has them
const [windowMs, leastFailed, leastPartners] = [30_000, 16, 3];
const ownQuestions = 2;
const witnesses = 2;

// longer than a row takes to be read, and a call to be made
const settleMs = 3_000;

interface Dependencies {
  world: Fleet;
  now: () => number;
  /** Nobody is held up: what a process read is milliseconds old. */
  isFair: boolean;
  fault: (text: string) => void;
}

/**
 * Every call to Gradient is one that somebody holds a claim to, or the one by which a process asks in half a minute
 * whether Gradient is down, of which it has seen many failures: counts what is allowed, and what is used.
 */
export const allowances = ({ world, now, isFair, fault }: Dependencies) => {
  let allowed = 0;
  let whileOpen = 0;
  const own = new Map<string, number>();
  // a process that stands still asks for what it saw before
  const seenMs = isFair ? windowMs + settleMs : 10 * 60_000;
  const seen = new Map<object, { failed: Outcome[]; askedAt: number }>();
  const asksWhetherDown = (process: object): boolean => {
    const its = seen.get(process);
    if (its === undefined || its.askedAt > now() - windowMs) return false;
    const recent = its.failed.filter(({ at }) => at > now() - seenMs);
    const isMany =
      recent.length >= leastFailed && new Set(recent.map(({ partnerId }) => partnerId)).size >= leastPartners;
    if (isMany) its.askedAt = now();
    return isMany;
  };
  const isOpenLong = (row: Breaker | undefined): boolean =>
    isFair && row !== undefined && row.trouble !== null && Date.parse(row.changedAt) < now() - settleMs;

  return {
    onClaim: ({ key, trouble }: Breaker) => {
      const partnerId = partnerOf(key);
      if (partnerId === undefined) {
        allowed += 1;
        whileOpen += 1;
        return;
      }
      allowed += trouble === "doubted" ? ownQuestions + witnesses : 1;
      own.set(partnerId, (own.get(partnerId) ?? 0) + (trouble === "doubted" ? ownQuestions : 1));
    },
    onAsking: () => {
      allowed += witnesses;
    },
    onNoted: (process: object, one: Outcome) => {
      const its = seen.get(process) ?? { failed: [], askedAt: Number.NEGATIVE_INFINITY };
      seen.set(process, its);
      if (one.outcome === "failed") its.failed.push(one);
    },
    /** Then it is an outage, which is found once more where that could not be written. */
    onUnanswered: (process: object) => {
      const its = seen.get(process);
      if (its) its.askedAt = Number.NEGATIVE_INFINITY;
    },
    onAsk: (partnerId: string, process: object) => {
      if (!asksWhetherDown(process)) allowed -= 1;
      if (allowed < 0) fault(`Gradient is asked about ${partnerId} without a claim`);
      const vendor = world.breaker("vendor");
      const mine = world.breaker(`partner#${partnerId}`);
      if (isOpenLong(vendor)) {
        whileOpen -= 1;
        if (whileOpen < 0) fault(`${partnerId} is asked although ${vendor?.trouble} is open`);
        return;
      }
      const { state, schedule, token } = world.integrationOf(partnerId);
      if (vendor?.provenBy === partnerId) return;
      if (isOpenLong(mine) && mine?.tokenVersionId === token?.versionId) {
        const left = (own.get(partnerId) ?? 0) - 1;
        own.set(partnerId, left);
        if (left < 0) fault(`${partnerId} is asked for another although it is ${mine?.trouble}`);
      } else if (isFair && (mine?.trouble ?? null) === null) {
        const isPaused = world.pausedAt < now() - settleMs && (schedule.pausedUntil ?? "") > iso(now());
        if (isPaused) fault(`${partnerId} is asked although it has paused`);
        if (state === "suspended" && vendor?.trouble !== "vendor-key")
          fault(`${partnerId} is asked although suspended`);
      }
    },
  };
};
