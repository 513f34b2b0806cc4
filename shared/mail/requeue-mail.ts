import { asciiAddress, mailboxAddress } from "../mail-address.ts";
import { owe } from "../outbox/outbox.ts";
import type { Table, Write } from "../table/table.ts";
import type { MailFacts } from "./mail-facts.ts";
import { isUnheard } from "./mail-states.ts";
import { addressMark, mailboxWrite, ownersMailboxes, withNothingSaid } from "./mailbox.ts";
import { missedAt, oweMail } from "./owe-mail.ts";
import { findReadableMail, type OwnerMail, ownerMailWrite } from "./owner-mail.ts";

interface Moment {
  at: string;
  newId: () => string;
}

/** Owes a mail once more that has not reached anybody. */
export const requeued = ({ sendingUntil: _, ...mail }: OwnerMail, { at, newId }: Moment): Write[] => [
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

/** What keeps it back is no more: the owner has another address than it had. */
export const hasNewAddress = ({ heldBy, sentTo }: OwnerMail, address: string): boolean =>
  heldBy === "no-owner" || (heldBy === "address" && sentTo !== addressMark(address));

interface NewAddress extends Moment {
  email: string;
  before: string | undefined;
  /** What stands, and needs a person: whoever reads at another address has not read it. */
  standing: MailFacts | null;
}

/**
 * What owes those of the owner's mails again that waited for another address than they had: one of each kind at most,
 * the others of a kind have joined it. Whoever reads at another address than before has been told of nothing, and has
 * had none of the day's mails.
 */
export const mailsForAddress = async (
  table: Pick<Table, "get" | "query">,
  partnerId: string,
  { email, before, standing, ...moment }: NewAddress,
): Promise<Write[]> => {
  const address = asciiAddress(email);
  if (address === undefined) return [];
  const isAnother = before !== undefined && mailboxAddress(before) !== mailboxAddress(email);
  const isFree = (mail: OwnerMail): boolean => hasNewAddress(mail, address) || (isAnother && mail.heldBy === "limit");
  const writes: Write[] = [];
  let untold = isAnother ? standing : null;
  for (const box of await ownersMailboxes(table, partnerId)) {
    // one that cannot be read must keep neither the new address out nor the mails of other kinds
    const mail = box.waiting === null ? undefined : await findReadableMail(table, partnerId, box.waiting);
    if (mail && isUnheard(mail)) {
      // what is on its way goes to the address before
      if (mail.facts.kind === untold?.kind && mail.sendingUntil === undefined) untold = null;
      if (isFree(mail)) writes.push(...requeued(mail, moment));
    }
    // also where nothing is said: a mail may be on its way to the address before, and tell of it when it is out
    if (isAnother) writes.push(mailboxWrite({ ...withNothingSaid(box), handedOver: [] }));
  }
  if (untold === null) return writes;
  return [...writes, ...oweMail({ partnerId, mailId: `${untold.kind}-${moment.newId()}`, facts: untold }, moment)];
};
