import { AppError } from "#shared/errors";
import { type Actor, eventsAt, eventWrite } from "#shared/events/event";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import type { FactsAbout } from "#shared/mail/mail-facts";
import { missedAt } from "#shared/mail/owe-mail";
import { findReadableMail, type OwnerMail, ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";

export interface Request {
  partnerId: string;
  version: string;
  by: Actor;
}

// long enough that an impatient double click sends one, short enough to be no obstacle
const cooldownMs = 60_000;

/**
 * Of a confirmation that is older than mails are kept, or whose mail cannot be read. Who confirmed is in the audit
 * trail, which is kept, but for the e-mail address.
 */
const factsFromTrail = async (
  table: Changing["table"],
  partnerId: string,
  { version, sha256, confirmedAt, confirmedBy }: NonNullable<Integration["agreement"]>,
): Promise<FactsAbout<"agreement-confirmed">> => {
  const events = await eventsAt(table, partnerId, confirmedAt);
  const confirmed = events.find(({ type }) => type === "agreement.confirmed");
  return {
    kind: "agreement-confirmed",
    version,
    sha256,
    confirmedAt,
    confirmedByName: confirmed?.actorName || confirmedBy,
    confirmedByEmail: "",
    address: confirmed?.address ?? "",
  };
};

/**
 * Owes the owner the e-mail about a confirmation once more, as a new e-mail with the facts of the first. Throws
 * `agreement.not-confirmed` for another version than the one that was confirmed, and `owner-email.cooldown` within a
 * minute of the last one.
 */
export const resendOwnerMail =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, version, by }: Request): Promise<OwnerMail> =>
    retryOnConflict(async () => {
      const integration = await findIntegration(table, partnerId);
      const agreement = integration?.agreement;
      if (!integration || agreement?.version !== version) {
        throw new AppError("not-found", "agreement.not-confirmed", "There is no confirmation of this version.");
      }
      const last = await findReadableMail(table, partnerId, agreement.mailId);
      const waitMs = last ? Date.parse(last.at) + cooldownMs - now().getTime() : 0;
      if (waitMs > 0) {
        const retryAfterSeconds = Math.ceil(waitMs / 1000);
        const detail = `The e-mail was sent a moment ago. Try again in ${retryAfterSeconds} s.`;
        throw new AppError("too-many", "owner-email.cooldown", detail, { retryAfterSeconds });
      }
      const at = now().toISOString();
      const id = `agreement-${version}-${newId()}`;
      const facts = last?.facts ?? (await factsFromTrail(table, partnerId, agreement));
      const mail = queuedMail({ partnerId, facts, id, at, retryAt: missedAt(at) });
      await table.transact([
        integrationWrite({ ...integration, agreement: { ...agreement, mailId: mail.id } }),
        ownerMailWrite(mail),
        owe({ kind: "send-owner-mail", partnerId, mailId: mail.id }, { id: newId(), at }),
        eventWrite({ id: newId(), partnerId, type: "owner-email.requested", at, details: { version }, ...by }),
      ]);
      return mail;
    });
