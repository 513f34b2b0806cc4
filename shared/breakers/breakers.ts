import { probeDue } from "./probes/probe-due.ts";
import type { Context, Dependencies } from "./state/asking.ts";
import { breakerRows } from "./state/breaker-rows.ts";
import { obstacleIn } from "./state/obstacle.ts";
import { recentSuccesses } from "./state/recent-successes.ts";
import { confirmRejection } from "./verdicts/confirm-rejection.ts";
import { outageWatch } from "./verdicts/outage-watch.ts";
import { reportForbidden } from "./verdicts/report-forbidden.ts";
import { settleDoubt } from "./verdicts/settle-doubt.ts";

/**
 * Gradient's refusals have one owner: nobody else writes these rows, suspends a partner, or decides whether calls may
 * go out. One of these per process, for as long as it lives. Being denied a slot is no refusal, and what a person types
 * is no evidence: neither comes here.
 */
export const breakers = (dependencies: Dependencies) => {
  const { table, clock, vendorKey } = dependencies;
  const rows = breakerRows(table, clock);
  const successes = recentSuccesses(table, clock);
  const context: Context = { ...dependencies, rows, successes };
  const settle = settleDoubt(context);
  const find = obstacleIn(rows);
  const obstacle: typeof find = async (partnerId, tokenVersionId) => {
    const found = await find(partnerId, tokenVersionId);
    // the key that opens this again is another one: who has waited must not begin with the one in memory
    if (found?.why === "vendor-key") vendorKey.forget();
    return found;
  };
  return {
    obstacle,
    note: outageWatch(context),
    confirmRejection: confirmRejection(context, settle),
    reportForbidden: reportForbidden(context),
    probeDue: probeDue(context, settle),
  };
};
export type Breakers = ReturnType<typeof breakers>;
