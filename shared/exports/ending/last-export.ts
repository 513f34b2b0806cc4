import type { Integration } from "../../integrations/integration.ts";
import { isLook, type UsageExport } from "../usage-export.ts";
import { tellsNothing } from "./result-mails.ts";

/**
 * Lines that no retry brings: those that are not owed, of a run of all lines also what it did not come to, and what was
 * left over once a person has cancelled its retry.
 */
const leavesMore = ({ kind, totals, leftOver, stop }: UsageExport, hasReached: boolean): boolean =>
  totals.rejected + leftOver.unreadable > 0 ||
  (kind === "all" && !hasReached) ||
  (kind === "retry" && stop === "cancelled");

/**
 * What a partner's page shows as its last run. The success of a retry is the partner's only if nothing but owed lines
 * was left before it.
 */
export const lastExportAfter = (
  { lastExport: before }: Pick<Integration, "lastExport">,
  over: UsageExport,
  { at, hasReached }: { at: string; hasReached: boolean },
): Integration["lastExport"] => {
  const { id, kind, outcome, finishedAt } = over;
  const isMoreLeft = before?.isMoreLeft ?? false;
  const hasSucceeded = outcome === "succeeded";
  if (isLook(over) || tellsNothing(over) || (kind === "retry" && hasSucceeded && isMoreLeft)) return before;
  const last = { id, outcome: outcome ?? "failed", finishedAt: finishedAt ?? at };
  // what a run of some lines brings says nothing of the others
  const leaves = (!hasSucceeded && leavesMore(over, hasReached)) || (kind !== "all" && isMoreLeft);
  return leaves ? { ...last, isMoreLeft: true } : last;
};
