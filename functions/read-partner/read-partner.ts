import { customerCounts } from "#shared/customers/customer";
import { findTally } from "#shared/customers/customer-tally";
import { knownPartner } from "#shared/partners/known-partner";
import type { Table } from "#shared/table/table";
import { findLastMeasured } from "#shared/usage/last-measured";

type ReadTable = Pick<Table, "get" | "query" | "count">;

const customersOf = async (table: ReadTable, id: string): Promise<{ total: number; removed: number }> => {
  const tally = await findTally(table, id);
  if (tally) return { total: tally.total, removed: tally.removed };
  const { all: total, matching: removed } = await customerCounts(table, id, { removedAt: "something" });
  return { total, removed };
};

/** What the feed has told of a partner, for the hub's own checks. Throws `partner.unknown`. */
export const readPartner =
  ({ table }: { table: ReadTable }) =>
  async (id: string) => {
    const partner = await knownPartner(table, id);
    const [customers, lastMeasuredAt] = await Promise.all([customersOf(table, id), findLastMeasured(table, id)]);
    return { partner, customers, lastMeasuredAt };
  };
