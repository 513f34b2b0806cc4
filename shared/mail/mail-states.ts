import { hasSaid, type Mailbox, type Saying, withNothingSaid, withTold } from "./mailbox.ts";
import type { BounceDetail, MailStatus, Obstruction, OwnerMail } from "./owner-mail.ts";

const ranks: string[] = ["queued", "failed", "sent", "delivered", "bounced", "complained"];
const rankOf = (status: OwnerMail["status"]): number => ranks.indexOf(status);

/** The mail has not reached anybody: it is tried again, by itself or once something has changed. */
export const isUnheard = ({ status, heldBy }: OwnerMail): boolean =>
  status === "queued" || status === "failed" || (status === "bounced" && heldBy !== null);

/**
 * What was reported of a mail that is further than that already changes nothing, but that it has arrived where what
 * came back may have been an automatic answer.
 */
export const isNews = (mail: OwnerMail, status: MailStatus): boolean =>
  rankOf(status) > rankOf(mail.status) ||
  (status === "delivered" && mail.status === "bounced" && mail.isMaybeAnswered === true);

/** The mail is not out, for this reason; it waits in its box, for others of its kind to join it. */
export const heldBack = (
  { mail, box, at }: { mail: OwnerMail; box: Mailbox; at: string },
  {
    status,
    heldBy,
    retryAt,
    detail = null,
  }: {
    status: "queued" | "failed" | "bounced";
    heldBy: Obstruction;
    retryAt: string | null;
    detail?: BounceDetail | null;
  },
): { mail: OwnerMail; box: Mailbox } => {
  const { sendingUntil: _, ...rest } = mail;
  // what came back was told to nobody
  const after = status === "bounced" && hasSaid(box) ? withNothingSaid(box) : box;
  return {
    mail: { ...rest, status, heldBy, detail, retryAt, at: rest.status === status ? rest.at : at },
    box: after.waiting === mail.id ? after : { ...after, waiting: mail.id },
  };
};

/** SES has it. `before`: the box before the try. */
export const handedOver = (
  { mail, box, at }: { mail: OwnerMail; box: Mailbox; at: string },
  { messageId, says, before }: { messageId: string; says: Saying | null; before: Mailbox },
): { mail: OwnerMail; box: Mailbox } => {
  const { sendingUntil: _, ...rest } = mail;
  // SES may have reported it as delivered before it answered us
  const isFurther = !isNews(rest, "sent") && rest.status !== "sent";
  // the feed may have named another address since the claim, or another mail be out: this one's word is not the last
  const isUntouched = box.version === before.version + 1;
  return {
    mail: {
      ...rest,
      messageId,
      retryAt: null,
      heldBy: isFurther ? rest.heldBy : null,
      ...(isFurther ? {} : { status: "sent" as const, at, detail: null }),
    },
    box: {
      ...(says && isUntouched ? withTold(box, before, says, at) : box),
      waiting: box.waiting === mail.id ? null : box.waiting,
    },
  };
};

// as many as a letter can list
const listedCauses = 20;

/**
 * The last of these. What is left over is tried every few hours, and a run of all lines may be a month's: it stays,
 * however many runs of some lines came since.
 */
const listed = (causes: OwnerMail["further"]): OwnerMail["further"] => {
  const last = causes.slice(-listedCauses);
  const ofAll = causes.findLast(({ isOfAll }) => isOfAll === true);
  return ofAll && !last.includes(ofAll) ? [ofAll, ...last.slice(1)] : last;
};

/**
 * The mail that waits tells of this cause, too. Where what keeps it back may have passed, it is tried once more for
 * that, at `retryAt`.
 */
export const joined = (
  lead: OwnerMail,
  { facts, further, furtherCount }: OwnerMail,
  retryAt: string | null,
): OwnerMail => ({
  ...lead,
  // what SES may yet report of a try before says nothing of this cause
  attempt: lead.attempt + 1,
  retryAt: lead.heldBy === "address" && lead.detail === "soft" ? (lead.retryAt ?? retryAt) : lead.retryAt,
  further: listed([...lead.further, facts, ...further]),
  furtherCount: lead.furtherCount + 1 + furtherCount,
});
