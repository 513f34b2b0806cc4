import { fromCustomerItem } from "#shared/customers/customer";
import { type HeldLine, heldLine, type PlanSources } from "#shared/exports/lines-in-scope";
import type { Integration } from "#shared/integrations/integration";
import { partnerPk } from "#shared/partners/partner";
import { listServices } from "#shared/services/hub-service";
import { allItems, type Table } from "#shared/table/table";
import { ledgerRows } from "#shared/usage/ledger";
import { fromUsageItem } from "#shared/usage/usage";

// a page of DynamoDB's own size, a megabyte, takes forty megabytes while it is being read
const rowsAtOnce = 200;

/** Answers one and the same string for equal ones, so that the copies can be freed. */
const textPool = () => {
  const known = new Map<string, string>();
  return (text: string): string => {
    const before = known.get(text);
    if (before === undefined) known.set(text, text);
    return before ?? text;
  };
};

/**
 * Reads a partner row by row and keeps no more than the plan needs: 100,000 lines whole would be more than a worker's
 * memory.
 */
export const readPlanSources = async (
  table: Pick<Table, "query">,
  { partnerId, ledgerBits: bits, gradient }: Integration,
): Promise<PlanSources> => {
  const one = textPool();
  const rows = (prefix: string) => allItems(table, { pk: partnerPk(partnerId), prefix, limit: rowsAtOnce });

  const readCustomers = async () => {
    const customers: PlanSources["customers"] = [];
    for await (const item of rows("customer#")) {
      const { id, name, billing, removedAt } = fromCustomerItem(item);
      customers.push({ id: one(id), name, billing, removedAt });
    }
    return customers;
  };
  const readCounted = async () => {
    const counted = new Map<string, string[]>();
    for await (const item of rows("usage#")) {
      const { customerId, counts } = fromUsageItem(item);
      counted.set(one(customerId), Object.keys(counts).map(one));
    }
    return counted;
  };
  const readHeld = async () => {
    const held: HeldLine[] = [];
    for await (const { entries } of ledgerRows(table, {
      partnerId,
      bits,
      connectionId: gradient?.integrationId ?? "",
    })) {
      for (const entry of entries.values()) {
        const line = heldLine(entry);
        held.push({ ...line, customerId: one(line.customerId), serviceId: one(line.serviceId) });
      }
    }
    return held;
  };

  // one after the other: side by side, the pages of all three would have to be in memory
  const customers = await readCustomers();
  const counted = await readCounted();
  const held = await readHeld();
  const services = await listServices(table);
  return { customers, counted, held, serviceNames: new Map(services.map(({ id, name }) => [id, name])) };
};
