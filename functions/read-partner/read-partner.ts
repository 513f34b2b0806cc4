import { fromCustomerItem } from "#shared/customers/customer";
import { knownPartner } from "#shared/partners/known-partner";
import { partnerPk } from "#shared/partners/partner";
import { readableOf } from "#shared/stored";
import { allItems, type Table } from "#shared/table/table";
import { fromUsageItem } from "#shared/usage/usage";

type ReadTable = Pick<Table, "get" | "query">;

/** Everybody whom the feed has told of, those who were removed among them. */
const countCustomers = async (table: ReadTable, pk: string) => {
  const counted = { total: 0, removed: 0 };
  for await (const row of allItems(table, { pk, prefix: "customer#" })) {
    counted.total += 1;
    if (readableOf([row], fromCustomerItem)[0]?.removedAt) counted.removed += 1;
  }
  return counted;
};

const lastMeasured = async (table: ReadTable, pk: string): Promise<string | null> => {
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
    const pk = partnerPk(id);
    const [customers, lastMeasuredAt] = await Promise.all([countCustomers(table, pk), lastMeasured(table, pk)]);
    return { partner, customers, lastMeasuredAt };
  };
