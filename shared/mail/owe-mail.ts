import { owe } from "../outbox/outbox.ts";
import type { RowWrite } from "../table/table.ts";
import type { MailFacts } from "./mail-facts.ts";
import { ownerMailWrite, queuedMail } from "./owner-mail.ts";

interface Owed {
  partnerId: string;
  mailId: string;
  facts: MailFacts;
  /** An address beside the owner's. */
  recipient?: string;
}

// the outbox and the queue's own repeats take a quarter of an hour at most
const missedAfterMs = 20 * 60_000;

/** A moment at which a mail that nobody has handled is owed again. */
export const missedAt = (at: string): string => new Date(Date.parse(at) + missedAfterMs).toISOString();

/** A mail, and its message: to be written in one transaction with what causes it. */
export const oweMail = (
  { partnerId, mailId, facts, recipient }: Owed,
  { at, newId }: { at: string; newId: () => string },
): [RowWrite, RowWrite] => [
  ownerMailWrite(queuedMail({ partnerId, id: mailId, facts, at, recipient: recipient ?? null, retryAt: missedAt(at) })),
  owe({ kind: "send-owner-mail", partnerId, mailId }, { id: newId(), at }),
];
