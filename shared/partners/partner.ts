import * as z from "zod";
import { displayName, instant, pathIdentifier } from "../identifier.ts";
import { mailAddress } from "../mail-address.ts";
import { ianaTimeZone } from "../schedules/zoned-time.ts";
import { readableOf, readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned, type Write } from "../table/table.ts";

export const partnerId = pathIdentifier;

/** Every row of one partner shares this key, so no query can reach into another partner's. */
export const partnerPk = (id: string): string => `partner#${id}`;

/** As the feed puts it. */
export const partnerProfile = z.strictObject({
  name: displayName,
  // an owner without an address is told of nothing until the feed knows one, which the partner's page says
  owner: z.strictObject({ name: displayName, email: z.union([z.literal(""), mailAddress]).default("") }),
  timeZone: ianaTimeZone,
});
export type PartnerProfile = z.infer<typeof partnerProfile>;

/**
 * One MSP organization as the hub's feed described it when it was stored: what is asked of a profile may have been
 * another then.
 */
const partner = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.object({ name: z.string(), email: z.string() }),
  timeZone: z.string(),
  updatedAt: instant,
  version: z.number(),
});
export type Partner = z.infer<typeof partner>;

const partnerKey = (id: string): Key => ({ pk: partnerPk(id), sk: "profile" });

export const toPartnerItem = (value: Partner): Item => ({ ...value, ...partnerKey(value.id) });

/** The new state, if nobody changed the record since it was read. */
export const partnerWrite = (value: Partner): RowWrite => versioned(toPartnerItem(value));

export const findPartner = async (table: Pick<Table, "get">, id: string): Promise<Partner | undefined> => {
  const item = await table.get(partnerKey(id));
  return item && readRow(partner, item);
};

/**
 * The same for whoever puts it anew: all of it is the feed's, so that nothing but its version is needed of one that
 * cannot be read.
 */
export const findPartnerToPut = async (
  table: Pick<Table, "get">,
  id: string,
): Promise<{ stored: Partner | undefined; version: number }> => {
  const item = await table.get(partnerKey(id));
  const [stored] = item ? readableOf([item], (row) => readRow(partner, row)) : [];
  return { stored, version: item?.version ?? 0 };
};

/** Nobody has changed the record since it was found. */
export const partnerUnchanged = (id: string, found: Partner | undefined): Write => ({
  check: partnerKey(id),
  expect: found?.version ?? "absent",
});
