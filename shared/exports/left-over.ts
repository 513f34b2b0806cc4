import type { Receipt } from "./line.ts";
import type { LeftOver } from "./usage-export.ts";
import { isLeftOver, verdicts } from "./verdicts.ts";

const reasonsOf = (...some: { reason: string }[]) => new Set<string | null>(some.map(({ reason }) => reason));
/** What receipts said of a line without an answer before; those of a run under way are read by a later version. */
const formerNoAnswer = { reason: "Gradient did not answer, several times over." };
const lost = [verdicts.noAnswer, formerNoAnswer, verdicts.noAnswerBeforeStop];
const unanswered = reasonsOf(...lost);
// whose lines stand in the ledger as owed
const owed = reasonsOf(...lost, verdicts.inDoubt, verdicts.throttled, verdicts.untried);
const inDoubt = reasonsOf(...lost, verdicts.inDoubt);

/** Left over by a stop before the line was tried: the ledger does not tell, so only a run of all lines finds it. */
export const isKeptBack = (receipt: Receipt): boolean => isLeftOver(receipt) && !owed.has(receipt.reason);

/** What a run has left over, with these receipts, too; none of their numbers can land after `landsUntil`. */
export const addLeftOver = (before: LeftOver, receipts: Receipt[], landsUntil: string): LeftOver => {
  const left = receipts.filter(isLeftOver);
  if (left.length === 0) return before;
  return {
    ...before,
    lines: before.lines + left.length,
    isUnanswered: before.isUnanswered || left.some(({ reason }) => unanswered.has(reason)),
    doubtUntil: left.some(({ reason }) => inDoubt.has(reason)) ? landsUntil : before.doubtUntil,
  };
};

/** The same where only its views are left, which a line that Gradient holds is to be sent again for. */
export const withViewsOwed = (before: LeftOver, landsUntil: string): LeftOver => ({
  ...before,
  areViewsOwed: true,
  doubtUntil: landsUntil,
});
