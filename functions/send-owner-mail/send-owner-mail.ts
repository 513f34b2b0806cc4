import type { Agreement } from "#shared/agreements/agreement";
import { AppError, isAppError } from "#shared/errors";
import { gradientLinks } from "#shared/gradient/gradient-links";
import { findIntegration, integrationWrite, withoutProblem, withProblem } from "#shared/integrations/integration";
import { logger } from "#shared/logger";
import { agreementConfirmedMail } from "#shared/mail/agreement-confirmed-mail";
import { backToNormalMail } from "#shared/mail/back-to-normal-mail";
import type { MailContent, Mailer } from "#shared/mail/mailer";
import { factsOf, findOwnerMail, type OwnerMail, ownerMailWrite } from "#shared/mail/owner-mail";
import { tokenRejectedMail } from "#shared/mail/token-rejected-mail";
import { findPartner, type Partner } from "#shared/partners/partner";
import { retryOnConflict, type Table, written } from "#shared/table/table";

interface Dependencies {
  table: Table;
  mailer: Mailer;
  agreement: Agreement;
  hubUrl: string;
  gradientBaseUrl: string;
  now: () => Date;
}

export type MailOutcome = "sent" | "sent-before" | "no-owner" | "refused" | "unknown-mail";

// longer than the worker may run, shorter than its message stays away
const sendingMs = 60_000;

/**
 * Sends one e-mail to the owner that the feed names at this moment. It is never lost: it counts as sent only once SES
 * has taken it. It can go out twice in one case, when the process dies between SES's answer and the note of it. Throws
 * `mail.being-sent` while another worker is at it, and is tried again later.
 */
export const sendOwnerMail = ({ table, mailer, agreement, hubUrl, gradientBaseUrl, now }: Dependencies) => {
  const links = { hub: hubUrl, gradient: gradientLinks(gradientBaseUrl).application };

  const contentFor = (mail: OwnerMail, { name: partnerName, owner, timeZone }: Partner): MailContent => {
    const facts = factsOf(mail);
    const common = { ownerName: owner.name, partnerName, timeZone, links };
    if (facts.kind === "token-rejected") {
      return tokenRejectedMail({ ...common, rejectedAt: new Date(facts.rejectedAt) });
    }
    if (facts.kind === "back-to-normal") {
      const { refusedSince, resumedAt } = facts;
      return backToNormalMail({ ...common, refusedSince: new Date(refusedSince), resumedAt: new Date(resumedAt) });
    }
    return agreementConfirmedMail({
      ...common,
      confirmedBy: { name: facts.confirmedByName, email: facts.confirmedByEmail },
      confirmedAt: new Date(facts.confirmedAt),
      sourceIp: facts.address,
      agreement: { title: agreement.title, version: facts.version, sha256: facts.sha256 },
    });
  };

  const release = ({ sendingUntil: _, ...mail }: OwnerMail) => table.transact([ownerMailWrite(mail)]);
  const note = (mail: OwnerMail, status: OwnerMail["status"], messageId: string | null) =>
    release({ ...mail, status, messageId, at: now().toISOString() });

  const claim = async (mail: OwnerMail): Promise<OwnerMail> => {
    const time = now();
    if (mail.sendingUntil !== undefined && mail.sendingUntil > time.toISOString()) {
      throw new AppError("unavailable", "mail.being-sent", "Another worker is sending the mail.");
    }
    const claimed = { ...mail, sendingUntil: new Date(time.getTime() + sendingMs).toISOString() };
    await table.transact([ownerMailWrite(claimed)]);
    return written(claimed);
  };

  const deliver = async (mail: OwnerMail, partner: Partner): Promise<MailOutcome> => {
    const letter = { ...contentFor(mail, partner), to: partner.owner, reference: mail.id };
    const claimed = await claim(mail);
    const result = await mailer.send(letter).catch(async (error: unknown) => {
      if (isAppError(error, "mail.refused")) return undefined;
      await release(claimed);
      throw error;
    });
    if (!result) {
      // an address, or a sender that is not verified: neither mends itself, so somebody has to look
      logger.error("the mail service refused an owner's mail", { mailId: mail.id });
      await note(claimed, "failed", null);
      return "refused";
    }
    await note(claimed, "sent", result.messageId);
    return "sent";
  };

  const noteOwner = (partnerId: string, isKnown: boolean) =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before || before.problems.some(({ code }) => code === "owner.unknown") !== isKnown) return;
      const change = isKnown
        ? withoutProblem(before, "owner.unknown")
        : withProblem(before, "owner.unknown", now().toISOString());
      await table.transact([integrationWrite(change)]);
    });

  return async ({ partnerId, mailId }: { partnerId: string; mailId: string }): Promise<MailOutcome> => {
    const mail = await findOwnerMail(table, partnerId, mailId);
    if (!mail) return "unknown-mail";
    if (mail.status !== "queued") return "sent-before";
    const partner = await findPartner(table, partnerId);
    await noteOwner(partnerId, partner !== undefined);
    if (!partner) {
      await note(mail, "failed", null);
      return "no-owner";
    }
    return deliver(mail, partner);
  };
};
