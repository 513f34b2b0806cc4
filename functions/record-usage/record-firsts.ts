import { type Customer, customerKey, fromCustomerItem, isBilled } from "#shared/customers/customer";
import { findIntegration, integrationKey, integrationWrite } from "#shared/integrations/integration";
import { wish } from "#shared/integrations/record/wants";
import { type PauseAfter, retryOnConflict, type Table, type Write } from "#shared/table/table";
import { fromUsageItem, type Measurement, usageKey, usageWrite } from "#shared/usage/usage";
import { withMeasured } from "./with-measured.ts";

export interface CustomerMeasured {
  customerId: string;
  measured: Measurement[];
}

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "transact">;
  now: () => Date;
  /** All batches of a partner write its row, or hold on to it: of several at once, each is to have its turn. */
  pauseAfter?: PauseAfter | undefined;
}

// two rows each, and the partner's, in a transaction of a hundred
export const firstsAtOnce = 49;

/** An old batch, come late: it says nothing of a customer that has gone since and come back. */
export const isBeforeRemoval = ({ leftAt }: Customer, { measuredAt }: Pick<Measurement, "measuredAt">): boolean =>
  measuredAt < (leftAt ?? "");

/**
 * The customer stays as it was read: one that is taken into billing meanwhile finds these measurements, or we find that
 * it was; and none is stored for one that is removed meanwhile.
 */
const checkOf = ({ partnerId, id, version }: Customer): Write => ({
  check: customerKey(partnerId, id),
  expect: version,
});

/**
 * Stores measurements of services that a customer was never measured for, and in the same transaction the want that
 * brings them to Gradient. A partner that is not active yet has everything sent when it becomes so, and a service that
 * is left out when it is taken in; the transaction fails if that has just happened. Answers the customers that were
 * removed meanwhile: theirs are not stored.
 */
export const recordFirsts = (
  { table, now, pauseAfter }: Dependencies,
  partnerId: string,
  firsts: CustomerMeasured[],
): Promise<ReadonlySet<string>> =>
  retryOnConflict(async () => {
    const ids = firsts.map(({ customerId }) => customerId);
    const [integration, usageRows, customerRows] = await Promise.all([
      findIntegration(table, partnerId),
      table.getMany(ids.map((id) => usageKey(partnerId, id))),
      table.getMany(ids.map((id) => customerKey(partnerId, id))),
    ]);
    const stored = new Map(usageRows.map(fromUsageItem).map((usage) => [usage.customerId, usage]));
    const customers = new Map(customerRows.map(fromCustomerItem).map((customer) => [customer.id, customer]));
    const rows: Write[] = [];
    const removed = new Set<string>();
    const leftOut = new Set(integration?.leftOutServiceIds);
    let isBilledFirst = false;
    let isWanted = false;
    for (const { customerId, measured } of firsts) {
      const customer = customers.get(customerId);
      // gone, or gone and back, since the batch was looked at
      if (customer && (customer.removedAt !== null || measured.some((one) => isBeforeRemoval(customer, one)))) {
        removed.add(customerId);
        continue;
      }
      const { after, hasChanged, firstServiceIds } = withMeasured(
        stored.get(customerId),
        partnerId,
        customerId,
        measured,
      );
      if (!hasChanged) continue;
      rows.push(usageWrite(after));
      if (customer) rows.push(checkOf(customer));
      if (!customer || !isBilled(customer)) continue;
      isBilledFirst ||= firstServiceIds.length > 0;
      isWanted ||= firstServiceIds.some((id) => !leftOut.has(id));
    }
    if (rows.length === 0) return removed;
    if (isWanted && integration?.state === "active") {
      const wants = wish(integration.wants, "all", { at: now().toISOString(), trigger: "mapping" });
      rows.push(integrationWrite({ ...integration, wants }));
    } else if (isBilledFirst) {
      rows.push({ check: integrationKey(partnerId), expect: integration?.version ?? "absent" });
    }
    await table.transact(rows);
    return removed;
  }, pauseAfter);
