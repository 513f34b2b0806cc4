import { serviceActor } from "../../events/event.ts";
import type { Integration } from "../../integrations/integration.ts";
import { isWanted } from "../../integrations/record/wants.ts";
import { addressMark } from "../../mail/mailbox.ts";
import { oweMail } from "../../mail/owe-mail.ts";
import type { RowWrite } from "../../table/table.ts";
import { isLook, type UsageExport } from "../usage-export.ts";

/**
 * Ends that somebody has made, that have a mail of their own, or that are the hub's own matter: an alarm tells of our
 * vendor key, and thousands of owners could do nothing about it.
 */
const toldOtherwise = new Set<string | null>([
  "cancelled",
  "person-first",
  "not-connected",
  "token-rejected",
  "vendor-key",
  "doubted",
]);

/**
 * Whoever presses while Gradient's trouble holds the calls reads on the page that it does, and until when. What is sent
 * after the hold is told as always.
 */
const hasPageTold = ({ startedBy, chunks, stop }: UsageExport): boolean =>
  startedBy !== serviceActor.actor && chunks === null && (stop === "gradient-refuses" || stop === "gradient-down");

/** That Gradient has taken again what it held says nothing of the lines that another run could not bring to it. */
export const tellsNothing = ({ kind, outcome }: UsageExport): boolean => kind === "repeat" && outcome === "succeeded";

/**
 * As far as is known nothing is left. Not so where the last run has brought its own lines alone: how others ended is
 * told with the next run of all, or of what was left over.
 */
export const isAllWell = ({ lastExport, wants }: Pick<Integration, "lastExport" | "wants">): boolean =>
  !isWanted(wants.retry) &&
  (lastExport === null || (lastExport.outcome === "succeeded" && lastExport.isMoreLeft !== true));

const ofSomeLines = new Set<string>(["retry", "narrowed", "repeat"]);

/** Lines are left that it did not have, by the record after it: its success is not the partner's. */
export const leavesOthers = ({ kind, outcome }: UsageExport, after: Integration | undefined): boolean =>
  outcome === "succeeded" && ofSomeLines.has(kind) && after !== undefined && !isAllWell(after);

/**
 * What owes the mails about a run's result: to the owner, and to the recipients that the partner has set. Whether there
 * is anything new in it is decided when it is sent, which needs the run's receipts. After a failure a success is told
 * of, too: where nobody has asked to hear that, it only ends what was said last.
 */
export const resultMails = (
  over: UsageExport,
  before: Integration,
  moment: { at: string; newId: () => string },
): RowWrite[] => {
  const { partnerId, id: exportId, outcome, mode, stop, kind, chunks } = over;
  const { recipients, onSuccess } = before.notifications;
  if (isLook(over) || mode === "dry-run" || toldOtherwise.has(stop) || hasPageTold(over)) return [];
  if (tellsNothing(over) && !onSuccess) return [];
  if (outcome === "succeeded" && isAllWell(before) && !onSuccess) return [];
  const isOfAll = kind === "all" && chunks !== null;
  const facts = { kind: "run-result" as const, exportId, ...(isOfAll ? { isOfAll } : {}) };
  return [
    ...oweMail({ partnerId, mailId: `run-result-${exportId}`, facts }, moment),
    ...recipients.flatMap((recipient) => {
      const mailId = `run-result-${exportId}-${addressMark(recipient)}`;
      return oweMail({ partnerId, mailId, facts, recipient }, moment);
    }),
  ];
};
