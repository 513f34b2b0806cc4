import { customerCounts } from "#shared/customers/customer";
import { knownPartner } from "#shared/partners/known-partner";
import { partnerPk } from "#shared/partners/partner";
import { readableOf } from "#shared/stored";
import { allItems, type Table } from "#shared/table/table";
import { findLastMeasured } from "#shared/usage/last-measured";
import { fromUsageItem } from "#shared/usage/usage";

type ReadTable = Pick<Table, "get" | "query" | "count">;

/** Of counts that were stored before it was noted. */
const newestOf = async (table: ReadTable, pk: string): Promise<string | null> => {
  let last: string | null = null;
  for await (const row of allItems(table, { pk, prefix: "usage#" })) {
    for (const { counts } of readableOf([row], fromUsageItem)) {
      for (const { measuredAt } of Object.values(counts)) if (last === null || measuredAt > last) last = measuredAt;
    }
  }
  return last;
};

/** What the feed has told of a partner, for the hub's own checks. Throws `partner.unknown`. */
export const readPartner =
  ({ table }: { table: ReadTable }) =>
  async (id: string) => {
    const partner = await knownPartner(table, id);
    const [{ all: total, matching: removed }, noted] = await Promise.all([
      customerCounts(table, id, { removedAt: "something" }),
      findLastMeasured(table, id),
    ]);
    const lastMeasuredAt = noted ?? (await newestOf(table, partnerPk(id)));
    return { partner, customers: { total, removed }, lastMeasuredAt };
  };
