import { type Breaker, iso, partnerOf } from "#shared/breakers/state/breaker";
import type { Fleet } from "./fleet.ts";

const ownQuestions = 2;
const witnesses = 2;

interface Dependencies {
  world: Fleet;
  now: () => number;
  /** Nobody is held up: what a process read is milliseconds old. */
  isFair: boolean;
  fault: (text: string) => void;
}

/** Every call to Gradient is one that somebody holds a claim to: counts what the claims allow, and what is used. */
export const allowances = ({ world, now, isFair, fault }: Dependencies) => {
  let allowed = 0;
  let whileOpen = 0;
  const own = new Map<string, number>();
  // longer than a row takes to be read, and a call to be made
  const settleMs = 3_000;
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
    onAsk: (partnerId: string) => {
      allowed -= 1;
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
