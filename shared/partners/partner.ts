import * as z from "zod";
import { displayName, identifier, instant } from "../identifier.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

export const partnerId = identifier;

/** Every row of one partner shares this key, so no query can reach into another partner's. */
export const partnerPk = (id: string): string => `partner#${id}`;

const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format() !== "";
  } catch {
    return false;
  }
}, "This is no IANA time zone.");

export const partnerProfile = z.strictObject({
  name: displayName,
  owner: z.strictObject({ name: displayName, email: z.email().max(254) }),
  timeZone,
});
export type PartnerProfile = z.infer<typeof partnerProfile>;

/** One MSP organization as the hub's feed describes it. */
export const partner = z.object({ ...partnerProfile.shape, id: partnerId, updatedAt: instant, version: z.number() });
export type Partner = z.infer<typeof partner>;

const partnerKey = (id: string): Key => ({ pk: partnerPk(id), sk: "profile" });

export const toPartnerItem = (value: Partner): Item => ({ ...value, ...partnerKey(value.id) });

/** The new state, if nobody changed the record since it was read. */
export const partnerWrite = (value: Partner): RowWrite => versioned(toPartnerItem(value));

export const findPartner = async (table: Pick<Table, "get">, id: string): Promise<Partner | undefined> => {
  const item = await table.get(partnerKey(id));
  return item && partner.parse(item);
};
