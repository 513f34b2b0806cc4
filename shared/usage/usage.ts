import * as z from "zod";
import { identifier, instant, pathIdentifier } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readableOf, readRow } from "../stored.ts";
import { allItems, type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

// Gradient documents no upper bound. Ten digits are more units than any customer has and far below where doubles lose
// whole numbers.
const maxUnitCount = 9_999_999_999;

export const unitCount = z
  .int("A unit count is a whole number.")
  .min(0, "A unit count is not negative.")
  .max(maxUnitCount, `A unit count is at most ${maxUnitCount}.`);

// Times are compared as text, which holds for years of four digits; an offset can lead out of them.
const measuredAt = z.iso
  .datetime({ offset: true, abort: true, error: "A time is an RFC 3339 date-time." })
  .transform((text) => new Date(text).toISOString())
  .refine((at) => at >= "1970" && at < "9999", "A time lies between the years 1970 and 9998.");

export const measurement = z.strictObject({
  customerId: identifier,
  serviceId: pathIdentifier,
  unitCount,
  measuredAt,
});
export type Measurement = z.infer<typeof measurement>;

const count = z.object({ unitCount: z.int().min(0), measuredAt: instant });
export type Count = z.infer<typeof count>;

const countOfService = z.object({ serviceId: z.string(), ...count.shape });

/** By any id: an ordinary object has a `constructor` of its own, and no place for a `__proto__`. */
const byServiceId = (counts: Iterable<[serviceId: string, count: Count]>): Record<string, Count> => {
  const record: Record<string, Count> = Object.create(null);
  for (const [serviceId, value] of counts) record[serviceId] = value;
  return record;
};

/** What one customer uses now, by service id: levels, never differences. */
const customerUsage = z.object({
  partnerId: z.string(),
  customerId: z.string(),
  counts: z.union([
    z.record(z.string(), count).transform((stored) => byServiceId(Object.entries(stored))),
    z
      .array(countOfService)
      .transform((stored) => byServiceId(stored.map(({ serviceId, ...value }) => [serviceId, value]))),
  ]),
  version: z.number(),
});
export type CustomerUsage = z.infer<typeof customerUsage>;

/** What the keys of a partner's counts begin with. */
export const usagePrefix = "usage#";

export const usageKey = (partnerId: string, customerId: string): Key => ({
  pk: partnerPk(partnerId),
  sk: `${usagePrefix}${customerId}`,
});

// as keys of a map, the DynamoDB client drops the one and takes the other for a class
const unfitAsKeys = ["__proto__", "constructor"];

const toCounts = (counts: CustomerUsage["counts"]) =>
  unfitAsKeys.some((id) => Object.hasOwn(counts, id))
    ? Object.entries(counts).map(([serviceId, value]) => ({ serviceId, ...value }))
    : counts;

export const toUsageItem = (value: CustomerUsage): Item => ({
  ...value,
  counts: toCounts(value.counts),
  ...usageKey(value.partnerId, value.customerId),
});
/** The new state, if nobody changed the record since it was read. */
export const usageWrite = (value: CustomerUsage): RowWrite => versioned(toUsageItem(value));
export const fromUsageItem = (item: Item): CustomerUsage => readRow(customerUsage, item);

/** The usage of those customers that have any, by customer id. Throws `UnreadableRecord`. */
export const readUsage = async (
  table: Pick<Table, "getMany">,
  partnerId: string,
  customerIds: string[],
): Promise<Map<string, CustomerUsage>> => {
  const items = await table.getMany(customerIds.map((id) => usageKey(partnerId, id)));
  return new Map(items.map(fromUsageItem).map((usage) => [usage.customerId, usage]));
};

// one with a single service takes more, one with ten less
const bytesPerLine = 128;
// what is read by its key is charged as a whole piece of this size, what is queried together is not
const readUnitBytes = 4096;

/**
 * The same, of a partner with so many lines: where that is cheaper, all of its rows are read together, and those of
 * other customers are not looked into.
 */
export const readUsageAmong = async (
  table: Pick<Table, "getMany" | "query">,
  partnerId: string,
  customerIds: string[],
  partnerLines: number,
): Promise<Map<string, CustomerUsage>> => {
  if (customerIds.length <= Math.ceil((partnerLines * bytesPerLine) / readUnitBytes))
    return readUsage(table, partnerId, customerIds);
  const wanted = new Set(customerIds.map((id) => usageKey(partnerId, id).sk));
  const found = new Map<string, CustomerUsage>();
  for await (const item of allItems(table, { pk: partnerPk(partnerId), prefix: usagePrefix })) {
    if (!wanted.has(item.sk)) continue;
    const usage = fromUsageItem(item);
    found.set(usage.customerId, usage);
  }
  return found;
};

/** What is left of it without the services that the partner has left out. */
export const withoutServices = (
  usage: Map<string, CustomerUsage>,
  serviceIds: readonly string[],
): Map<string, CustomerUsage> => {
  if (serviceIds.length === 0) return usage;
  const gone = new Set(serviceIds);
  const isLeft = ([id]: [string, Count]) => !gone.has(id);
  return new Map(
    [...usage].map(([id, held]) => [
      id,
      { ...held, counts: Object.fromEntries(Object.entries(held.counts).filter(isLeft)) },
    ]),
  );
};

const byCustomer = (all: CustomerUsage[]) => new Map(all.map((usage) => [usage.customerId, usage]));
const usageRows = (table: Pick<Table, "query">, partnerId: string): Promise<Item[]> =>
  Array.fromAsync(allItems(table, { pk: partnerPk(partnerId), prefix: usagePrefix }));

/** Without what cannot be read; and of which customers that is. */
const readableUsage = (rows: Item[]) => {
  const usage = byCustomer(readableOf(rows, fromUsageItem));
  const ids = rows.map(({ sk }) => sk.slice(usagePrefix.length));
  return { usage, unreadable: new Set(ids.filter((id) => !usage.has(id))) };
};

/** Of all customers that have any. Whoever is unreadable has no counts in it, which are not zero. */
export const listReadableUsage = async (table: Pick<Table, "query">, partnerId: string) =>
  readableUsage(await usageRows(table, partnerId));

/** The same of some customers. */
export const readReadableUsage = async (table: Pick<Table, "getMany">, partnerId: string, customerIds: string[]) =>
  readableUsage(await table.getMany(customerIds.map((id) => usageKey(partnerId, id))));
