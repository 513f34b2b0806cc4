import type { Context, Dependencies } from "./asking.ts";
import { breakerRows } from "./breaker-rows.ts";
import { confirmRejection } from "./confirm-rejection.ts";
import { obstacleIn } from "./obstacle.ts";
import { outageWatch } from "./outage-watch.ts";
import { probeDue } from "./probe-due.ts";
import { recentSuccesses } from "./recent-successes.ts";
import { reportForbidden } from "./report-forbidden.ts";
import { settleDoubt } from "./settle-doubt.ts";

/**
 * Gradient's refusals have one owner: nobody else writes these rows, suspends a partner, or decides whether calls may
 * go out. One of these per process, for as long as it lives. Being denied a slot is no refusal, and what a person types
 * is no evidence: neither comes here.
 */
export const breakers = (dependencies: Dependencies) => {
  const { table, clock } = dependencies;
  const rows = breakerRows(table, clock);
  const successes = recentSuccesses(table, clock);
  const context: Context = { ...dependencies, rows, successes };
  const settle = settleDoubt(context);
  return {
    obstacle: obstacleIn(rows),
    note: outageWatch(context),
    confirmRejection: confirmRejection(context, settle),
    reportForbidden: reportForbidden(context),
    probeDue: probeDue(context, settle),
  };
};
export type Breakers = ReturnType<typeof breakers>;
