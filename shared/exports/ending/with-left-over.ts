import { retryPauseMs, type Want, type Wants, wish } from "../../integrations/record/wants.ts";
import type { UsageExport } from "../usage-export.ts";

export interface Moment {
  now: Date;
  /** 0 to 1, spreads what is tried again. */
  random: number;
}

/**
 * With what a run left over as a want of its own, which waits longer after each try in a row. `held`: what was wanted
 * of what earlier runs had left over.
 */
export const withLeftOver = (before: Wants, held: Want, run: UsageExport, { now, random }: Moment): Wants => {
  const { leftOver, admittedFor, kind } = run;
  if (leftOver.lines === 0 && !leftOver.areViewsOwed) return before;
  const { isUnanswered, doubtUntil } = leftOver;
  const at = now.toISOString();
  // a person's run is no try of the service's: each press would put off what waits for longer
  const isTry = admittedFor !== null || held.attempt === 0;
  const tries = isTry ? held.attempt : held.attempt - 1;
  const paused = new Date(now.getTime() + retryPauseMs(tries, isUnanswered, random)).toISOString();
  const { notBefore, since } = held;
  // what stood in line has been tried by a run of all lines, and by no other
  const stands = !isTry && notBefore !== null && (notBefore > at || kind !== "all");
  const next = stands && notBefore < paused ? notBefore : paused;
  return wish(before, "retry", {
    at: isTry ? at : (since ?? at),
    trigger: "recovery",
    // before that, another number could not be sent for a line in doubt
    notBefore: doubtUntil !== null && doubtUntil > next ? doubtUntil : next,
    attempt: tries + 1,
  });
};
