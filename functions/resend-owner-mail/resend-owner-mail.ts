import { AppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { findIntegration, integrationWrite } from "#shared/integrations/integration";
import { missedAt } from "#shared/mail/owe-mail";
import { findOwnerMail, type OwnerMail, ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
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

/** Owes the owner the e-mail about a confirmation once more, as a new e-mail with the facts of the first. */
export const resendOwnerMail =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, version, by }: Request): Promise<OwnerMail> =>
    retryOnConflict(async () => {
      const integration = await findIntegration(table, partnerId);
      const agreement = integration?.agreement;
      const last = agreement?.version === version ? await findOwnerMail(table, partnerId, agreement.mailId) : undefined;
      if (!integration || !agreement || !last) {
        throw new AppError("not-found", "agreement.not-confirmed", "There is no confirmation of this version.");
      }
      const waitMs = Date.parse(last.at) + cooldownMs - now().getTime();
      if (waitMs > 0) {
        const retryAfterSeconds = Math.ceil(waitMs / 1000);
        const detail = `The e-mail was sent a moment ago. Try again in ${retryAfterSeconds} s.`;
        throw new AppError("too-many", "owner-email.cooldown", detail, { retryAfterSeconds });
      }
      const at = now().toISOString();
      const id = `agreement-${version}-${newId()}`;
      const mail = queuedMail({ partnerId, facts: last.facts, id, at, retryAt: missedAt(at) });
      await table.transact([
        integrationWrite({ ...integration, agreement: { ...agreement, mailId: mail.id } }),
        ownerMailWrite(mail),
        owe({ kind: "send-owner-mail", partnerId, mailId: mail.id }, { id: newId(), at }),
        eventWrite({ id: newId(), partnerId, type: "owner-email.requested", at, details: { version }, ...by }),
      ]);
      return mail;
    });
