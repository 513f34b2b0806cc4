import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";
import type { MailFacts, MailKind } from "./mail-facts.ts";

// Put into words by who sends it; whoever only asks how it fares need not know every kind.
const storedFacts = z.looseObject({ kind: openEnum<MailKind>() });

/** How far a mail got, worst last: what happened later never takes a worse one back. */
export type MailStatus = "queued" | "failed" | "sent" | "delivered" | "bounced" | "complained";
export type BounceDetail = "suppressed" | "hard" | "soft";
/**
 * What keeps a mail from going out: nobody has an address for the owner; the address was refused, or bounced; our own
 * set-up of SES; or as many of its kind as a day may have are sent already.
 */
export type Obstruction = "no-owner" | "address" | "set-up" | "limit";

/**
 * One e-mail that is owed to the organization's owner, or to a recipient of results, and how far it got. It holds
 * facts; the owner's address is read from the feed's record when it is sent.
 */
const ownerMail = z.object({
  partnerId: z.string(),
  id: z.string(),
  facts: storedFacts,
  status: openEnum<MailStatus>(),
  detail: openEnum<BounceDetail>().nullable().default(null),
  heldBy: openEnum<Obstruction>().nullable().default(null),
  /** When it reached this status. */
  at: instant,
  messageId: z.string().nullable(),
  /** Until then one worker alone may hand it over to SES, which would send it twice. */
  sendingUntil: instant.optional(),
  /** Null: the owner of the moment at which it is sent. */
  recipient: z.string().nullable().default(null),
  /** Counts what was handed over: what SES reports of an earlier try says nothing of a later one. */
  attempt: z.int().default(0),
  /** How often it has come back in a way that may pass. Tries that SES did not take are none of these. */
  softBounces: z.int().default(0),
  /** What came back last may have been an automatic answer to a mail that has arrived. */
  isMaybeAnswered: z.boolean().optional(),
  /** Tells the address that it was handed over to from another, without holding it. */
  sentTo: z.string().nullable().default(null),
  /** Nobody has heard of it until then: it is owed again. Null: nothing is to be done before something else happens. */
  retryAt: instant.nullable().default(null),
  /** The mail of the same kind that says what this one was to say; how it fares is how this one fares. */
  joinedTo: z.string().nullable().default(null),
  /** Causes that came while this mail could not go out, newest last; of many only how many there were. */
  further: z.array(storedFacts).default([]),
  furtherCount: z.int().default(0),
  version: z.number(),
});
export type OwnerMail = z.infer<typeof ownerMail>;

/** A mail that nobody has handled yet. `retryAt`: when it is missed, unless a worker has had it by then. */
export const queuedMail = (
  mail: Pick<OwnerMail, "partnerId" | "id" | "at"> & { facts: MailFacts | OwnerMail["facts"] } & Partial<
      Pick<OwnerMail, "recipient" | "retryAt">
    >,
): OwnerMail => ownerMail.parse({ ...mail, status: "queued", messageId: null, version: 0 });

/** Rows that are found again by a moment: the mails that are to be tried then. */
export const mailsDue = { index: "due", kind: "mail" } as const;

// as long as receipts are kept
const keptMs = 400 * 24 * 60 * 60_000;

export const mailKey = (partnerId: string, id: string): Key => ({ pk: partnerPk(partnerId), sk: `mail#${id}` });
const toItem = (mail: OwnerMail): Item => ({
  ...mail,
  ...mailKey(mail.partnerId, mail.id),
  ...(mail.retryAt === null ? {} : { dueKind: mailsDue.kind, dueAt: mail.retryAt }),
  expiresAt: Math.ceil((Date.parse(mail.at) + keptMs) / 1000),
});

export const ownerMailWrite = (mail: OwnerMail): RowWrite => versioned(toItem(mail));

export const fromMailItem = (item: Item): OwnerMail => readRow(ownerMail, item);

/** The mail that these rows, as they are written, owe to somebody. */
export const queuedIn = (rows: Item[]): OwnerMail | undefined => {
  const queued = rows.find(({ sk, version }) => sk.startsWith("mail#") && version === 1);
  return queued && fromMailItem(queued);
};

export const findOwnerMail = async (
  table: Pick<Table, "get">,
  partnerId: string,
  id: string,
): Promise<OwnerMail | undefined> => {
  const item = await table.get(mailKey(partnerId, id));
  return item && fromMailItem(item);
};

/** The same for whoever only shows it, or can do without. */
export const findReadableMail = async (
  table: Pick<Table, "get">,
  partnerId: string,
  id: string,
): Promise<OwnerMail | undefined> => {
  const item = await table.get(mailKey(partnerId, id));
  return item && readableOf([item], fromMailItem)[0];
};

// one that others have joined may come back and join another itself
const maxJoins = 20;

/** How a mail fares, for people: one that was joined to another fares as that one does. Null where nobody knows. */
export const mailFate = async (table: Pick<Table, "get">, partnerId: string, id: string) => {
  let mail = await findReadableMail(table, partnerId, id);
  for (let left = maxJoins; mail && mail.joinedTo !== null && left > 0; left -= 1) {
    const lead = await findReadableMail(table, partnerId, mail.joinedTo);
    if (!lead) break;
    mail = lead;
  }
  return mail ? { status: mail.status, at: mail.at, detail: mail.detail } : null;
};
