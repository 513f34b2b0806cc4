import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readableOf, readRow } from "../stored.ts";
import { allItems, type Key, retryOnConflict, store, type Table, versioned } from "../table/table.ts";
import { type CustomerUsage, fromUsageItem, usagePrefix } from "./usage.ts";

const lastMeasured = z.object({
  at: instant,
  /** No stored count is newer. Without it, only what came after some time was ever noted. */
  isWhole: z.boolean().default(false),
  version: z.number(),
});

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "last-measured" });

/** One that cannot be read is none, and is written anew: every count can be read again for it. */
const findNote = async (table: Pick<Table, "get">, partnerId: string) => {
  const row = await table.get(key(partnerId));
  if (!row) return undefined;
  const [note] = readableOf([row], (stored) => readRow(lastMeasured, stored));
  return note ?? { at: "", isWhole: false, version: row.version };
};

/** The newest moment of these counts; "" where there are none. */
export const newestIn = (usage: Iterable<Pick<CustomerUsage, "counts">>): string => {
  let newest = "";
  for (const { counts } of usage) {
    for (const { measuredAt } of Object.values(counts)) if (measuredAt > newest) newest = measuredAt;
  }
  return newest;
};

/** Reads every count: of 20,000 customers it takes longer than a caller should wait. */
const newestStored = async (table: Pick<Table, "query">, partnerId: string): Promise<string> => {
  let newest = "";
  for await (const row of allItems(table, { pk: partnerPk(partnerId), prefix: usagePrefix })) {
    const its = newestIn(readableOf([row], fromUsageItem));
    if (its > newest) newest = its;
  }
  return newest;
};

const newer = (a: string, b: string): string => (a > b ? a : b);

/** The newest moment at which any count of the partner was true; null where none ever came. */
export const findLastMeasured = async (
  table: Pick<Table, "get" | "query">,
  partnerId: string,
): Promise<string | null> => {
  const note = await findNote(table, partnerId);
  if (note?.isWhole) return note.at;
  return newer(note?.at ?? "", await newestStored(table, partnerId)) || null;
};

/**
 * Notes it once the counts are stored. Of counts that were stored before it was noted, the first batch or the first
 * look finds the newest. `newest`: of all that are stored, for whoever has read them.
 */
export const noteMeasured = (
  table: Pick<Table, "get" | "put" | "query">,
  partnerId: string,
  { at, newest }: { at: string; newest?: string },
): Promise<void> =>
  retryOnConflict(async () => {
    const before = (await findNote(table, partnerId)) ?? { at: "", isWhole: false, version: 0 };
    if (before.isWhole && at <= before.at) return;
    const others = before.isWhole ? before.at : newer(before.at, newest ?? (await newestStored(table, partnerId)));
    const after = newer(at, others);
    if (after === "") return;
    await store(table, versioned({ ...key(partnerId), at: after, isWhole: true, version: before.version }));
  });
