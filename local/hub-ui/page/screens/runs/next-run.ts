import { momentOf } from "../../../../page-parts/words.ts";
import type { Integration } from "../../states.ts";

type Waiting = NonNullable<Integration["exports"]["waiting"]>;

/** A moment that has passed, or is about to, is none to tell. */
export const isSoon = (moment: string, now: number): boolean => Date.parse(moment) - now < 60_000;

const whenWaiting = ({ why, expectedAt, retryAt }: Waiting, now: number): string => {
  if (why === "agreement") return "Once the new agreement is confirmed";
  const moment = why === "turn" ? expectedAt : retryAt;
  if (moment === null) return why === "turn" || why === "retry" ? "Soon" : "As soon as nothing stands in its way";
  return isSoon(moment, now) ? "Soon" : momentOf(moment);
};

/** What was left over goes with the run of all lines where its date comes first. */
const isOutrun = ({ why, retryAt }: Waiting, nextRunAt: string | null): boolean =>
  why === "retry" && nextRunAt !== null && retryAt !== null && Date.parse(nextRunAt) < Date.parse(retryAt);

/** No run starts: a new version of the agreement was not confirmed in time. */
export const isConsentOver = ({ problems }: { problems: readonly { code: string }[] }): boolean =>
  problems.some(({ code }) => code === "agreement.expired");

/** Until when a person has paused the schedule; nothing where it is not. */
export const pausedWords = ({ state, schedule }: Pick<Integration, "state" | "schedule">, now = Date.now()): string => {
  const until = state === "disconnected" ? null : (schedule?.pausedUntil ?? null);
  return until !== null && Date.parse(until) > now ? `Sending is paused until ${momentOf(until)}. ` : "";
};

/** When the schedule's next date is, whatever goes before it. */
export const nextDateWords = ({ state, exports: { nextRunAt } }: Pick<Integration, "state" | "exports">): string => {
  if (state === "suspended") return "none until Gradient is connected again";
  return nextRunAt === null ? "once Gradient has accepted a first count" : momentOf(nextRunAt);
};

/** When usage goes out next: what waits goes before the next date of the schedule, unless that comes earlier. */
export const nextRunWords = (integration: Integration, now = Date.now()): string => {
  const { state, exports, disconnecting } = integration;
  const { nextRunAt, waiting } = exports;
  // for a key that is refused or lost, or since it seems to have disconnected there with a good one
  if (state === "suspended") return "None until Gradient is connected again";
  if (state === "disconnected")
    return disconnecting ? "None: only zeros are sent now" : "None: nothing is sent any more";
  // while a partner maps, looks wait, and no run
  if (state !== "awaiting-mapping" && waiting !== null && !isOutrun(waiting, nextRunAt))
    return whenWaiting(waiting, now);
  // what is due then waits for it; before that nothing does
  if (state === "active" && isConsentOver(integration)) return "Once the new agreement is confirmed";
  return nextRunAt === null ? "Starts once Gradient has accepted a first count" : momentOf(nextRunAt);
};
