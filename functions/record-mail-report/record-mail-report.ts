import { problemChanges } from "#shared/integrations/problem-changes";
import { overOnceOut, unreachableBy } from "#shared/integrations/recipients";
import type { MailReport } from "#shared/mail/mail-report";
import { heldBack, isNews, isUnheard } from "#shared/mail/mail-states";
import { mailOfTags } from "#shared/mail/mail-tags";
import { addressMark, hasSaid, mailboxFor, mailboxWrite, withNothingSaid } from "#shared/mail/mailbox";
import {
  type BounceDetail,
  findOwnerMail,
  type MailStatus,
  type OwnerMail,
  ownerMailWrite,
} from "#shared/mail/owner-mail";
import { requeued } from "#shared/mail/requeue-mail";
import { mailWrites } from "#shared/mail/waiting-mail";
import { asciiAddress } from "#shared/mail-address";
import { findPartner, partnerUnchanged } from "#shared/partners/partner";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";

export type ReportOutcome = "recorded" | "owed-again" | "nothing-new" | "not-ours" | "unknown-mail" | "earlier-try";

const statuses: Record<string, MailStatus> = {
  Send: "sent",
  Delivery: "delivered",
  Bounce: "bounced",
  Complaint: "complained",
};

// SES's names of bounces that its suppression lists have made, without asking the recipient's server
const suppressed = new Set(["Suppressed", "OnAccountSuppressionList"]);
const bounceOf = ({ bounceType, bounceSubType }: MailReport): BounceDetail => {
  if (suppressed.has(bounceSubType ?? "")) return "suppressed";
  return bounceType === "Permanent" ? "hard" : "soft";
};

// SES tells an automatic answer, as of somebody who is out of the office, in the words of a bounce that may pass
const isMaybeAnswer = ({ type, bounceType, bounceSubType }: MailReport): boolean =>
  type === "Bounce" && bounceType === "Transient" && bounceSubType === "General";

// a mailbox that is full, or a server that is away for longer than SES tries by itself
const softPauseMs = 24 * 60 * 60_000;
const softTries = 5;

/**
 * Notes what SES reports of a mail. Reports come in any order, twice, and before we know that SES has the mail: the
 * worst word stands, but for an automatic answer's. What bounced waits for another address, and for a day where that
 * may pass.
 */
export const recordMailReport = ({ table, now, newId }: Changing<"get" | "transact">) => {
  /** Whether the feed has named another address since the mail was handed over, and what that rests on. */
  const movedSince = async ({ partnerId, recipient, sentTo }: OwnerMail) => {
    if (recipient !== null) return { hasMoved: false, still: [] };
    const partner = await findPartner(table, partnerId);
    const address = asciiAddress(partner?.owner.email ?? "");
    const hasMoved = address !== undefined && addressMark(address) !== sentTo;
    return { hasMoved, still: [partnerUnchanged(partnerId, partner)] };
  };

  const bounced = async (mail: OwnerMail, report: MailReport, at: string): Promise<ReportOutcome> => {
    const detail = bounceOf(report);
    const before = await mailboxFor(table, mail);
    const { hasMoved, still } = await movedSince(mail);
    if (hasMoved) {
      const unsaid = hasSaid(before) ? [mailboxWrite(withNothingSaid(before))] : [];
      await table.transact([...requeued(mail, { at, newId }), ...unsaid]);
      return "owed-again";
    }
    const softBounces = mail.softBounces + Number(detail === "soft");
    const isWorthAnother = detail === "soft" && softBounces < softTries;
    const retryAt = isWorthAnother ? new Date(Date.parse(at) + softPauseMs).toISOString() : null;
    const { mail: after, box } = heldBack(
      { mail: { ...mail, softBounces, isMaybeAnswered: isMaybeAnswer(report) }, box: before, at },
      { status: "bounced", heldBy: "address", detail, retryAt },
    );
    await table.transact([
      ...(await mailWrites(table, before, { mail: after, box, at })),
      ...(await problemChanges(table, mail.partnerId, { shown: await unreachableBy(table, mail), at })),
      // an address that comes at this moment finds nothing that waits for it
      ...still,
    ]);
    return "recorded";
  };

  return async (report: MailReport): Promise<ReportOutcome> => {
    const identity = mailOfTags(report.tags);
    const status = statuses[report.type];
    if (!identity || !status) return "not-ours";
    return retryOnConflict(async () => {
      const mail = await findOwnerMail(table, identity.partnerId, identity.reference);
      if (!mail) return "unknown-mail";
      if (mail.attempt !== identity.attempt) return "earlier-try";
      const hasArrived = mail.status === "delivered" && isMaybeAnswer(report);
      if (hasArrived || !isNews(mail, status)) return "nothing-new";
      const at = now().toISOString();
      if (status === "bounced") return bounced(mail, report, at);
      // SES's answer was lost: nobody else ends what is shown
      const over = isUnheard(mail) ? await overOnceOut(table, mail) : [];
      await table.transact([
        ownerMailWrite({ ...mail, status, detail: null, heldBy: null, retryAt: null, at }),
        ...(await problemChanges(table, mail.partnerId, { over, at })),
      ]);
      return "recorded";
    });
  };
};
