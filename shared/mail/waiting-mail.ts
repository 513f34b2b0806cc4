import { AppError } from "../errors.ts";
import type { Table, Write } from "../table/table.ts";
import { isUnheard, joined } from "./mail-states.ts";
import { type Mailbox, mailboxWrite } from "./mailbox.ts";
import { findOwnerMail, type OwnerMail, ownerMailWrite } from "./owner-mail.ts";

/** Whoever claimed the mail meanwhile writes down what becomes of it. */
export const beingSent = () => new AppError("unavailable", "mail.being-sent", "Another worker is sending the mail.");

export const isBeingSent = ({ sendingUntil }: OwnerMail, at: string): boolean =>
  sendingUntil !== undefined && sendingUntil > at;

/**
 * What writes down how a mail fares, with its box. Only one of a kind waits, as the box names one: where another does
 * already, since two were on their way at the same time, that one tells of this, too.
 */
export const mailWrites = async (
  table: Pick<Table, "get">,
  boxBefore: Mailbox,
  { mail, box, at }: { mail: OwnerMail; box: Mailbox; at: string },
): Promise<Write[]> => {
  const { waiting } = boxBefore;
  const isSecond = box.waiting === mail.id && waiting !== null && waiting !== mail.id;
  const lead = isSecond ? await findOwnerMail(table, mail.partnerId, waiting) : undefined;
  if (lead && isUnheard(lead)) {
    if (isBeingSent(lead, at)) throw beingSent();
    return [
      ownerMailWrite({ ...mail, joinedTo: lead.id, retryAt: null }),
      ownerMailWrite(joined(lead, mail, mail.retryAt)),
    ];
  }
  return [ownerMailWrite(mail), ...(box === boxBefore ? [] : [mailboxWrite(box)])];
};
