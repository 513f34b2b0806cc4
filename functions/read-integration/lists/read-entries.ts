import type { Customer } from "#shared/customers/customer";
import type { Integration } from "#shared/integrations/integration";
import type { Table } from "#shared/table/table";
import { entriesOf } from "#shared/usage/ledger";

/** What the ledger says of the lines of some customers, by line. */
export const readEntries = (
  table: Pick<Table, "getMany">,
  { partnerId, ledgerBits: bits, gradient }: Integration,
  customers: Pick<Customer, "id">[],
) => {
  const ids = customers.map(({ id }) => id);
  return entriesOf(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" }, ids);
};
