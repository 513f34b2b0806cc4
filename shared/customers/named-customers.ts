import { readableOf } from "../stored.ts";
import type { Item, Table } from "../table/table.ts";
import { type CustomerUsage, fromUsageItem, usageKey, usagePrefix } from "../usage/usage.ts";
import { type Customer, customerKey, customerPrefix, fromCustomerItem } from "./customer.ts";

/** How a batch refuses a record whose customer's row, or counts, are damaged. */
export const cannotBeRead = {
  code: "record.unreadable",
  detail:
    "What is stored of this customer cannot be read, so nothing of it was changed. Our operations team has been told; send the record again later.",
} as const;

/** Rows by the ids of their customers; and the ids of those rows that cannot be read, which is logged and alarms. */
const sorted = <T>(rows: Item[], prefix: string, read: (row: Item) => T) => {
  const byId = new Map<string, T>();
  const unreadable = new Set<string>();
  for (const row of rows) {
    const id = row.sk.slice(prefix.length);
    const [value] = readableOf([row], read);
    if (value === undefined) unreadable.add(id);
    else byId.set(id, value);
  }
  return { byId, unreadable };
};

/**
 * Of customers that a caller has named: those that are stored, and those of which nobody can tell. These must not be
 * written anew from what the caller knows: that they were left out, or what was measured of other services, stands
 * nowhere else.
 */
export const readNamedCustomers = async (table: Pick<Table, "getMany">, partnerId: string, ids: Iterable<string>) => {
  const rows = await table.getMany([...new Set(ids)].map((id) => customerKey(partnerId, id)));
  const { byId, unreadable } = sorted<Customer>(rows, customerPrefix, fromCustomerItem);
  return { customers: byId, unreadable };
};

/** The same of their counts. */
export const readNamedUsage = async (table: Pick<Table, "getMany">, partnerId: string, ids: Iterable<string>) => {
  const rows = await table.getMany([...new Set(ids)].map((id) => usageKey(partnerId, id)));
  const { byId, unreadable } = sorted<CustomerUsage>(rows, usagePrefix, fromUsageItem);
  return { usage: byId, unreadable };
};
