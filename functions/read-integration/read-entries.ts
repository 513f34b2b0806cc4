import type { Customer } from "#shared/customers/customer";
import type { Integration } from "#shared/integrations/integration";
import type { Table } from "#shared/table/table";
import { bucketOf, readBucket } from "#shared/usage/ledger";

/** What the ledger says of the lines of some customers, by line; those of others may be among them. */
export const readEntries = async (
  table: Pick<Table, "get">,
  integration: Integration,
  customers: Pick<Customer, "id">[],
) => {
  const { partnerId, ledgerBits: bits, gradient } = integration;
  const numbers = [...new Set(customers.map(({ id }) => bucketOf(id, bits)))];
  const buckets = await Promise.all(
    numbers.map((number) => readBucket(table, { partnerId, bits, number }, gradient?.integrationId ?? "")),
  );
  return new Map(buckets.flatMap(({ entries }) => [...entries]));
};
