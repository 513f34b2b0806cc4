import { type Customer, customerPrefix, fromCustomerItem } from "#shared/customers/customer";
import { type HeldLine, heldLine } from "#shared/exports/lines-in-scope";
import type { Integration } from "#shared/integrations/integration";
import { largeLines } from "#shared/integrations/record/expected-lines";
import { partnerPk } from "#shared/partners/partner";
import { type HubService, listServices } from "#shared/services/hub-service";
import { readableOf } from "#shared/stored";
import { allItems, type Item, type Table } from "#shared/table/table";
import { type Bucket, type LedgerEntry, ledgerRows, lineKey } from "#shared/usage/ledger";
import { type Count, fromUsageItem, usagePrefix } from "#shared/usage/usage";

// DynamoDB's own page, a megabyte, takes forty while it is being read
const rowsAtOnce = 200;

type PlannedCustomer = Pick<Customer, "id" | "name" | "billing" | "removedAt"> & { leftOut?: true | null };

/** What the lines of a run follow from, and which of them Gradient surely holds. */
export interface PlanSources {
  customers: PlannedCustomer[];
  /**
   * Those of whom a row cannot be read. Where that is their own one, what is not known is taken for granted: they go by
   * their ids, and are billed.
   */
  unreadable: PlannedCustomer[];
  /** By customer and service. */
  counted: Map<string, Map<string, Count>>;
  held: HeldLine[];
  /** By line: what the ledger says of it. */
  entries: Map<string, LedgerEntry>;
  /** The ledger's rows without their entries: of which version each was. */
  rows: Map<number, Omit<Bucket, "entries">>;
  services: Map<string, HubService>;
  serviceNames: Map<string, string>;
  leftOutServiceIds: ReadonlySet<string>;
}

/** Answers the same text for equal ones, so that the copies can be forgotten. */
const textPool = () => {
  const known = new Map<string, string>();
  return (text: string): string => {
    const before = known.get(text);
    if (before === undefined) known.set(text, text);
    return before ?? text;
  };
};

/**
 * Reads a partner row by row: whole pages of 100,000 lines would be more than a worker's memory. A customer whose own
 * row, or whose counts, cannot be read is set aside: no line comes of it, neither a count nor a zero, so that Gradient
 * keeps what it holds. Without a row of the ledger nobody knows what may be sent: that throws.
 */
export const readPlanSources = async (
  table: Pick<Table, "query">,
  { partnerId, ledgerBits: bits, gradient, leftOutServiceIds, sizes }: Integration,
): Promise<PlanSources> => {
  const one = textPool();
  const rowsOf = (prefix: string) => allItems(table, { pk: partnerPk(partnerId), prefix, limit: rowsAtOnce });

  const unreadable = new Set<string>();
  const readOr = <T>(item: Item, prefix: string, from: (row: Item) => T): T | undefined => {
    const [read] = readableOf([item], from);
    if (read === undefined) unreadable.add(item.sk.slice(prefix.length));
    return read;
  };

  const readCustomers = async () => {
    const customers: PlanSources["customers"] = [];
    for await (const item of rowsOf(customerPrefix)) {
      const read = readOr(item, customerPrefix, fromCustomerItem);
      if (read === undefined) continue;
      const { id, name, billing, removedAt, leftOut } = read;
      customers.push({ id: one(id), name, billing, removedAt, leftOut: leftOut ? true : null });
    }
    return customers;
  };
  const readCounted = async () => {
    const counted: PlanSources["counted"] = new Map();
    for await (const item of rowsOf(usagePrefix)) {
      const read = readOr(item, usagePrefix, fromUsageItem);
      if (read === undefined) continue;
      const { customerId, counts } = read;
      const byService = Object.entries(counts).map(([id, count]): [string, Count] => [
        one(id),
        { unitCount: count.unitCount, measuredAt: one(count.measuredAt) },
      ]);
      counted.set(one(customerId), new Map(byService));
    }
    return counted;
  };
  const readEntries = async () => {
    const entries: PlanSources["entries"] = new Map();
    const rows: PlanSources["rows"] = new Map();
    const ledger = { partnerId, bits, connectionId: gradient?.integrationId ?? "" };
    for await (const row of ledgerRows(table, ledger)) {
      const { entries: its, ...place } = row;
      rows.set(row.number, place);
      for (const entry of its.values()) {
        const kept = { ...entry, customerId: one(entry.customerId), serviceId: one(entry.serviceId) };
        entries.set(lineKey(kept), kept);
      }
    }
    return { entries, rows };
  };

  // of a large partner one after the other: side by side, the pages of all three would have to be in memory
  const isLarge = sizes.lines > largeLines;
  const reads = [readCustomers, readCounted, readEntries] as const;
  const inTurn = async () => [await reads[0](), await reads[1](), await reads[2]()] as const;
  const atOnce = () => Promise.all([reads[0](), reads[1](), reads[2]()]);
  const [customers, counted, { entries, rows }] = await (isLarge ? inTurn() : atOnce());
  const services = new Map((await listServices(table)).map((service) => [service.id, service]));
  const byId = new Map(unreadable.size === 0 ? [] : customers.map((customer) => [customer.id, customer]));
  return {
    customers: unreadable.size === 0 ? customers : customers.filter(({ id }) => !unreadable.has(id)),
    unreadable: [...unreadable].map(
      (id) => byId.get(id) ?? { id, name: id, billing: "billed" as const, removedAt: null },
    ),
    counted,
    entries,
    rows,
    held: [...entries.values()].map(heldLine),
    services,
    serviceNames: new Map([...services.values()].map(({ id, name }) => [id, name])),
    leftOutServiceIds: new Set(leftOutServiceIds),
  };
};

/**
 * For the last run of a partner that leaves: what Gradient holds units of is sent as zero, and nothing else. A zero
 * needs none of the rows that cannot be read.
 */
export const withNobodyBilled = (sources: PlanSources): PlanSources => ({
  ...sources,
  customers: [...sources.customers, ...sources.unreadable].map((each) => ({ ...each, billing: "not-provisioned" })),
  unreadable: [],
});
