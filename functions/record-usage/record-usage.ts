import { cannotBeRead, readNamedCustomers, readNamedUsage } from "#shared/customers/named-customers";
import { inParallel } from "#shared/in-parallel";
import { knownPartner } from "#shared/partners/known-partner";
import { serviceKey } from "#shared/services/hub-service";
import { type PauseAfter, retryOnConflict, store, type Table } from "#shared/table/table";
import { noteMeasured } from "#shared/usage/last-measured";
import { type CustomerUsage, fromUsageItem, type Measurement, usageKey, usageWrite } from "#shared/usage/usage";
import { type CustomerMeasured, firstsAtOnce, isBeforeRemoval, recordFirsts } from "./record-firsts.ts";
import { withMeasured } from "./with-measured.ts";

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "put" | "query" | "transact">;
  now: () => Date;
  pauseAfter?: PauseAfter;
}

interface Indexed {
  /** The measurement's place in the batch. */
  index: number;
  record: Measurement;
}

export interface UsageBatch {
  partnerId: string;
  measurements: Indexed[];
}

export interface RefusedMeasurement {
  index: number;
  code:
    | "customer.unknown"
    | "customer.removed"
    | "service.unknown"
    | "usage.from-future"
    | "usage.before-removal"
    | "record.unreadable";
  detail: string;
}

// a sender's clock may be a little fast; a count from further ahead would keep true ones out until its time has come
const clockToleranceMs = 5 * 60_000;
// a batch names up to 1,000 customers, and one row each is written
const rowsAtOnce = 16;

const details: Record<RefusedMeasurement["code"], string> = {
  "customer.unknown": "customerId: There is no such customer. Tell of the customer first, then send the count again.",
  "customer.removed": "customerId: The customer was removed. Send no counts of it, or tell of it again first.",
  "service.unknown":
    "serviceId: There is no such service in the catalogue. Put the service first, then send the count again.",
  "usage.from-future":
    "measuredAt: The time lies more than five minutes ahead. Set the clock right, then send the count again.",
  "usage.before-removal":
    "measuredAt: The customer was removed after this was measured. Send what is measured since it is back.",
  [cannotBeRead.code]: cannotBeRead.detail,
};

/**
 * Keeps each customer's newest count per service, whatever the customer's billing is: that only decides what is sent.
 * An older measurement changes nothing and needs no correction, so it counts as accepted. A measurement is sent when
 * the schedule says so; only the first one of a customer's service, which no run can have had among its lines, is
 * wanted at once.
 */
export const recordUsage = ({ table, now, pauseAfter }: Dependencies) => {
  const findRefusal = async (partnerId: string, measurements: Indexed[]) => {
    const customerIds = measurements.map(({ record }) => record.customerId);
    const serviceIds = [...new Set(measurements.map(({ record }) => record.serviceId))];
    const [{ customers, unreadable }, serviceRows] = await Promise.all([
      readNamedCustomers(table, partnerId, customerIds),
      table.getMany(serviceIds.map(serviceKey)),
    ]);
    const serviceSks = new Set(serviceRows.map(({ sk }) => sk));
    const latest = new Date(now().getTime() + clockToleranceMs).toISOString();
    return ({ customerId, serviceId, measuredAt }: Measurement): RefusedMeasurement["code"] | undefined => {
      if (unreadable.has(customerId)) return cannotBeRead.code;
      const customer = customers.get(customerId);
      if (!customer) return "customer.unknown";
      if (customer.removedAt !== null) return "customer.removed";
      if (isBeforeRemoval(customer, { measuredAt })) return "usage.before-removal";
      if (!serviceSks.has(serviceKey(serviceId).sk)) return "service.unknown";
      return measuredAt > latest ? "usage.from-future" : undefined;
    };
  };

  /**
   * Measures a customer anew. Answers false, and writes nothing, where some service of it was never measured before.
   */
  const recordAgain = (
    partnerId: string,
    { customerId, measured }: CustomerMeasured,
    asRead: CustomerUsage | undefined,
  ): Promise<boolean> => {
    let isFirstTry = true;
    const current = async (): Promise<CustomerUsage | undefined> => {
      const item = await table.get(usageKey(partnerId, customerId));
      return item && fromUsageItem(item);
    };
    return retryOnConflict(async () => {
      const before = isFirstTry ? asRead : await current();
      isFirstTry = false;
      const { after, hasChanged, firstServiceIds } = withMeasured(before, partnerId, customerId, measured);
      if (firstServiceIds.length > 0) return false;
      if (hasChanged) await store(table, usageWrite(after));
      return true;
    });
  };

  return async ({ partnerId, measurements }: UsageBatch): Promise<RefusedMeasurement[]> => {
    await knownPartner(table, partnerId);
    const refusalOf = await findRefusal(partnerId, measurements);
    const refused: RefusedMeasurement[] = [];
    const refuse = (some: Indexed[], codeOf: (record: Measurement) => RefusedMeasurement["code"] | undefined) =>
      some.filter(({ index, record }) => {
        const code = codeOf(record);
        if (code) refused.push({ index, code, detail: details[code] });
        return code === undefined;
      });
    const known = refuse(measurements, refusalOf);
    const stored = await readNamedUsage(
      table,
      partnerId,
      known.map(({ record }) => record.customerId),
    );
    const kept = refuse(known, ({ customerId }) => (stored.unreadable.has(customerId) ? cannotBeRead.code : undefined));
    const byCustomer = Map.groupBy(
      kept.map(({ record }) => record),
      ({ customerId }) => customerId,
    );
    const firsts: CustomerMeasured[] = [];
    await inParallel(rowsAtOnce, byCustomer, async ([customerId, measured]) => {
      if (!(await recordAgain(partnerId, { customerId, measured }, stored.usage.get(customerId)))) {
        firsts.push({ customerId, measured });
      }
    });
    for (let from = 0; from < firsts.length; from += firstsAtOnce) {
      const removed = await recordFirsts(
        { table, now, pauseAfter },
        partnerId,
        firsts.slice(from, from + firstsAtOnce),
      );
      for (const { index, record } of kept)
        if (removed.has(record.customerId))
          refused.push({ index, code: "customer.removed", detail: details["customer.removed"] });
    }
    const newest = kept
      .map(({ record: { measuredAt } }) => measuredAt)
      .sort()
      .at(-1);
    if (newest !== undefined) await noteMeasured(table, partnerId, { at: newest });
    return refused;
  };
};
