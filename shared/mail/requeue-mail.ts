import { asciiAddress } from "../mail-address.ts";
import { owe } from "../outbox/outbox.ts";
import { readableOf } from "../stored.ts";
import type { Table, Write } from "../table/table.ts";
import { isUnheard } from "./mail-states.ts";
import { addressMark, ownersMailboxes } from "./mailbox.ts";
import { missedAt } from "./owe-mail.ts";
import { fromMailItem, mailKey, type OwnerMail, ownerMailWrite } from "./owner-mail.ts";

interface Moment {
  at: string;
  newId: () => string;
}

/** Owes a mail once more that has not reached anybody. */
export const requeued = (mail: OwnerMail, { at, newId }: Moment): Write[] => [
  ownerMailWrite({
    ...mail,
    status: "queued",
    heldBy: null,
    detail: null,
    softBounces: 0,
    // what SES may yet report of a try before says nothing of the next one
    attempt: mail.attempt + 1,
    at,
    retryAt: missedAt(at),
  }),
  owe({ kind: "send-owner-mail", partnerId: mail.partnerId, mailId: mail.id }, { id: newId(), at }),
];

/** A row that cannot be read is logged: it must keep neither the new address out nor the mails of other kinds. */
const waitingIn = async (table: Pick<Table, "get">, partnerId: string, id: string): Promise<OwnerMail | undefined> => {
  const item = await table.get(mailKey(partnerId, id));
  return item && readableOf([item], fromMailItem)[0];
};

/**
 * What owes those of the owner's mails again that waited for another address than they had. One of each kind at most:
 * the others of a kind have joined it.
 */
export const mailsForAddress = async (
  table: Pick<Table, "get" | "query">,
  partnerId: string,
  { email, ...moment }: Moment & { email: string },
): Promise<Write[]> => {
  const address = asciiAddress(email);
  if (address === undefined) return [];
  const writes: Write[] = [];
  for (const { waiting } of await ownersMailboxes(table, partnerId)) {
    const mail = waiting === null ? undefined : await waitingIn(table, partnerId, waiting);
    const waits = mail?.heldBy === "no-owner" || (mail?.heldBy === "address" && mail.sentTo !== addressMark(address));
    if (mail && waits && isUnheard(mail)) writes.push(...requeued(mail, moment));
  }
  return writes;
};
