import { findIntegration } from "#shared/integrations/integration";
import { findOwnerMail, ownerMailWrite } from "#shared/mail/owner-mail";
import { owe } from "#shared/outbox/outbox";
import { findPartner, type Partner, type PartnerProfile, partnerWrite } from "#shared/partners/partner";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write } from "#shared/table/table";

export interface PartnerUpdate {
  id: string;
  profile: PartnerProfile;
}

const isSame = (stored: Partner, { name, owner, timeZone }: PartnerProfile): boolean =>
  stored.name === name &&
  stored.owner.name === owner.name &&
  stored.owner.email === owner.email &&
  stored.timeZone === timeZone;

/**
 * Stores a partner as the feed describes it; mail to the owner goes to this address from then on. A repeat writes
 * nothing.
 */
export const putPartner = ({ table, now, newId }: Changing<"get" | "transact">) => {
  /** Owes the confirmation's e-mail again, if it failed because nobody knew an owner. */
  const missedMail = async (partnerId: string, at: string): Promise<Write[]> => {
    const integration = await findIntegration(table, partnerId);
    if (!integration?.problems.some(({ code }) => code === "owner.unknown")) return [];
    const mail = integration.agreement && (await findOwnerMail(table, partnerId, integration.agreement.mailId));
    if (mail?.status !== "failed") return [];
    return [
      ownerMailWrite({ ...mail, status: "queued", at }),
      owe({ kind: "send-owner-mail", partnerId, mailId: mail.id }, { id: newId(), at }),
    ];
  };

  return ({ id, profile }: PartnerUpdate): Promise<Partner> =>
    retryOnConflict(async () => {
      const stored = await findPartner(table, id);
      if (stored && isSame(stored, profile)) return stored;
      const at = now().toISOString();
      const updated = { id, ...profile, updatedAt: at, version: stored?.version ?? 0 };
      await table.transact([partnerWrite(updated), ...(await missedMail(id, at))]);
      return updated;
    });
};
