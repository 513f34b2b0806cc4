import { owe, type SyncReason } from "../outbox/outbox.ts";
import type { OpenWord } from "../stored.ts";
import type { Write } from "../table/table.ts";
import type { Integration } from "./integration.ts";
import { askedFor, isUnderWay, sentOff } from "./record/looks.ts";

interface Moment {
  at: string;
  newId: () => string;
}

// whoever presses the button waits, and so does a partner that has just told us that the mapping is done
const awaited = new Set<string>(["check", "webhook"]);
/** Somebody has just done something that is followed by mapping. */
const lively = new Set<string>(["check", "webhook", "confirmed", "replaced"]);

/**
 * What owes the look that the record asks for; nothing while one is under way, which is followed by another where it
 * came too early.
 */
export const sendLook = (before: Integration, reason: OpenWord<SyncReason>, { at, newId }: Moment) => {
  if (isUnderWay(before.looks, at)) return { integration: before, owed: [] };
  const { partnerId } = before;
  const owed: Write[] = [owe({ kind: "sync-accounts", partnerId, reason }, { id: newId(), at })];
  return { integration: { ...before, looks: sentOff(before.looks, at) }, owed };
};

/**
 * Asks for a look at Gradient that begins later than now. Answers the partner's record, which is to be written in the
 * same transaction as what is owed.
 */
export const askLook = (
  before: Integration,
  reason: OpenWord<SyncReason>,
  moment: Moment,
): { integration: Integration; owed: Write[] } => {
  const asking = { at: moment.at, isAwaited: awaited.has(reason), isLively: lively.has(reason) };
  return sendLook({ ...before, looks: askedFor(before.looks, asking) }, reason, moment);
};
