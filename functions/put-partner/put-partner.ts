import { firstTallyWrites } from "#shared/customers/customer-tally";
import { type AuditEvent, eventWrite } from "#shared/events/event";
import { findIntegration, type ProblemCode } from "#shared/integrations/integration";
import { problemChanges } from "#shared/integrations/problem-changes";
import { standingMail } from "#shared/integrations/standing-mail";
import { mailsForAddress } from "#shared/mail/requeue-mail";
import { asciiAddress, mailboxAddress } from "#shared/mail-address";
import { findPartnerToPut, type Partner, type PartnerProfile, partnerWrite } from "#shared/partners/partner";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";

export interface PartnerUpdate {
  id: string;
  profile: PartnerProfile;
}

type Owner = Partner["owner"];

const isSameOwner = (a: Owner, b: Owner): boolean => a.name === b.name && a.email === b.email;
const isSame = (stored: Partner, { name, owner, timeZone }: PartnerProfile): boolean =>
  stored.name === name && isSameOwner(stored.owner, owner) && stored.timeZone === timeZone;

// what the page has a person correct, and is to say no longer than until then
const ofAddress: ProblemCode[] = ["owner.unknown", "owner.unreachable"];
const hasMoved = (stored: Partner | undefined, { owner: { email } }: PartnerProfile): boolean =>
  asciiAddress(email) !== undefined && mailboxAddress(email) !== mailboxAddress(stored?.owner.email ?? "");

// the hub's back office, whose calls carry no person
const feed: Pick<AuditEvent, "actor" | "actorName" | "role" | "address"> = {
  actor: "hub-feed",
  actorName: null,
  role: null,
  address: null,
};

/**
 * Stores a partner as the feed describes it; mail to the owner goes to this address from then on, with what could not
 * be delivered before. A repeat writes nothing; a profile that cannot be read is put anew.
 */
export const putPartner =
  ({ table, now, newId }: Changing<"get" | "query" | "transact">) =>
  ({ id, profile }: PartnerUpdate): Promise<Partner> =>
    retryOnConflict(async () => {
      const { stored, version } = await findPartnerToPut(table, id);
      if (stored && isSame(stored, profile)) return stored;
      const at = now().toISOString();
      const updated = { id, ...profile, updatedAt: at, version };
      const isAnother = !stored || !isSameOwner(stored.owner, profile.owner);
      const details = {
        before: stored ? `${stored.owner.name} <${stored.owner.email}>` : null,
        after: `${profile.owner.name} <${profile.owner.email}>`,
      };
      const integration = isAnother ? await findIntegration(table, id) : undefined;
      const address = {
        email: profile.owner.email,
        before: stored?.owner.email,
        standing: integration ? standingMail(integration) : null,
      };
      await table.transact([
        partnerWrite(updated),
        ...(version > 0 ? [] : await firstTallyWrites(table, id)),
        ...(isAnother ? await mailsForAddress(table, id, { ...address, at, newId }) : []),
        ...(hasMoved(stored, profile) ? await problemChanges(table, id, { over: ofAddress, at }) : []),
        ...(isAnother ? [eventWrite({ id: newId(), partnerId: id, type: "owner.changed", at, details, ...feed })] : []),
      ]);
      return updated;
    });
