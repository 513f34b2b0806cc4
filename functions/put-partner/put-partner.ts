import { findPartner, type Partner, type PartnerProfile, partnerWrite } from "#shared/partners/partner";
import { retryOnConflict, type Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get" | "put">;
  now: () => Date;
}

export interface PartnerUpdate {
  id: string;
  profile: PartnerProfile;
}

const isSame = (stored: Partner, { name, owner, timeZone }: PartnerProfile): boolean =>
  stored.name === name &&
  stored.owner.name === owner.name &&
  stored.owner.email === owner.email &&
  stored.timeZone === timeZone;

/** Takes a partner over as the feed tells it; mail to the owner goes to this address from then on. A repeat writes nothing. */
export const putPartner =
  ({ table, now }: Dependencies) =>
  ({ id, profile }: PartnerUpdate): Promise<Partner> =>
    retryOnConflict(async () => {
      const stored = await findPartner(table, id);
      if (stored && isSame(stored, profile)) return stored;
      const updated = { id, ...profile, updatedAt: now().toISOString(), version: stored?.version ?? 0 };
      const { put, expect } = partnerWrite(updated);
      await table.put(put, expect);
      return updated;
    });
