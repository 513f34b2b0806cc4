import { createHash } from "node:crypto";
import * as z from "zod";
import { instant } from "../identifier.ts";
import { mailboxAddress } from "../mail-address.ts";
import { partnerPk } from "../partners/partner.ts";
import { dayMs } from "../schedules/zoned-time.ts";
import { readableOf, readRow } from "../stored.ts";
import { allItems, type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";
import type { OwnerMail } from "./owner-mail.ts";

/**
 * What one reader gets of one kind of mail: when the last ones were handed over, which survives a disconnect, and the
 * one mail that could not go out yet. Whatever else of the kind comes meanwhile is said in that mail.
 */
const mailbox = z.object({
  partnerId: z.string(),
  box: z.string(),
  handedOver: z.array(z.object({ mailId: z.string(), at: instant })).default([]),
  waiting: z.string().nullable().default(null),
  /** What the last mail about a run has told, so that the same is not told again. */
  said: z.string().nullable().default(null),
  /** The run of all lines that `said` is of; null where it is of another, or of a success. */
  saidOf: z.string().nullable().default(null),
  /** What a run of some lines only has told since, of others than those. */
  saidSince: z.string().nullable().default(null),
  /** When the oldest of what stands as said went out; null where nobody knows. */
  saidAt: instant.nullable().default(null),
  version: z.number(),
});
export type Mailbox = z.infer<typeof mailbox>;

/** What a mail tells of a run, in few characters. */
export interface Saying {
  text: string;
  /** Of which run of all lines; null where it is of a success, which ends whatever was said before. */
  of: string | null;
  /** Of some lines only: what was said of all of them stays said. */
  isPart: boolean;
}

/** Some of what was said has arrived since: whatever is left is told anew. */
export const nothingStaysSaid: Saying = { text: "", of: null, isPart: false };

/** Tells one mailbox from another without holding its address. */
export const addressMark = (address: string): string =>
  createHash("sha256").update(mailboxAddress(address)).digest("hex").slice(0, 16);

const ownersPrefix = "mailbox#owner#";
const boxOf = ({
  facts: { kind },
  recipient,
}: Pick<OwnerMail, "recipient"> & { facts: Pick<OwnerMail["facts"], "kind"> }): string =>
  recipient === null ? `owner#${kind}` : `${addressMark(recipient)}#${kind}`;
const boxKey = (partnerId: string, box: string): Key => ({ pk: partnerPk(partnerId), sk: `mailbox#${box}` });

export const mailboxWrite = (value: Mailbox): RowWrite => {
  const item: Item = { ...value, ...boxKey(value.partnerId, value.box) };
  return versioned(item);
};

/** The box that a mail goes through; an empty one where none of its kind has come before. */
export const mailboxFor = async (
  table: Pick<Table, "get">,
  mail: Pick<OwnerMail, "partnerId" | "recipient"> & { facts: Pick<OwnerMail["facts"], "kind"> },
): Promise<Mailbox> => {
  const { partnerId } = mail;
  const box = boxOf(mail);
  const item = await table.get(boxKey(partnerId, box));
  return item ? readRow(mailbox, item) : mailbox.parse({ partnerId, box, version: 0 });
};

/** The owner's boxes, one for each kind of mail that there was. One that cannot be read is logged. */
export const ownersMailboxes = async (table: Pick<Table, "query">, partnerId: string): Promise<Mailbox[]> => {
  const items: Item[] = [];
  for await (const item of allItems(table, { pk: partnerPk(partnerId), prefix: ownersPrefix })) items.push(item);
  return readableOf(items, (item) => readRow(mailbox, item));
};

/** So many mails of one kind may go to one reader within a day. */
const mailsADay = 3;

/** When the next mail of the kind may go out; undefined: now. One that was handed over before counts once. */
export const heldUntil = ({ handedOver }: Mailbox, mailId: string, at: string): string | undefined => {
  const dayAgo = new Date(Date.parse(at) - dayMs).toISOString();
  const recent = handedOver.filter((one) => one.mailId !== mailId && one.at > dayAgo).map((one) => one.at);
  const first = recent.sort().at(-mailsADay);
  return first === undefined ? undefined : new Date(Date.parse(first) + dayMs).toISOString();
};

/** The mail goes out now. */
export const withHandedOver = (before: Mailbox, mailId: string, at: string): Mailbox => ({
  ...before,
  handedOver: [...before.handedOver.filter((one) => one.mailId !== mailId), { mailId, at }].slice(-mailsADay),
});

/** Its reader knows of it. */
export const isSaid = ({ said, saidSince }: Mailbox, { text }: Saying): boolean => text === said || text === saidSince;

export const withSaid = (before: Mailbox, { text, of, isPart }: Saying): Mailbox =>
  isPart ? { ...before, saidSince: text } : { ...before, said: text, saidOf: of, saidSince: null };

/**
 * The same, of a mail that has gone out: of some lines only, it makes what was said before no younger. `before`: the
 * box before the try.
 */
export const withTold = (box: Mailbox, before: Mailbox, says: Saying, at: string): Mailbox => {
  const { said, saidOf, saidSince, saidAt } = before;
  return {
    ...withSaid({ ...box, said, saidOf, saidSince }, says),
    saidAt: says.isPart ? (saidAt ?? at) : at,
  };
};

export const hasSaid = ({ said, saidSince }: Mailbox): boolean => (said ?? saidSince) !== null;

/** What was said has reached nobody. */
export const withNothingSaid = (before: Mailbox): Mailbox => ({
  ...before,
  said: null,
  saidOf: null,
  saidSince: null,
  saidAt: null,
});

// shorter than any month: what fails month after month is missing from each month's bills
const keptMs = 27 * dayMs;

/** What was said is old enough to be said again, though it is the same. */
export const withOldForgotten = (before: Mailbox, at: string): Mailbox => {
  const until = new Date(Date.parse(at) - keptMs).toISOString();
  return (before.saidAt ?? "") < until ? withNothingSaid(before) : before;
};
