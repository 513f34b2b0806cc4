import * as z from "zod";
import { customerKey, customerPrefix, fromCustomerItem } from "#shared/customers/customer";
import type { Line } from "#shared/exports/line";
import { heldLine, linesInScope } from "#shared/exports/lines-in-scope";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import { partnerPk } from "#shared/partners/partner";
import { listServices } from "#shared/services/hub-service";
import { readableOf } from "#shared/stored";
import type { Table } from "#shared/table/table";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { type CustomerUsage, readReadableUsage } from "#shared/usage/usage";
import { fromCursor, keyAfter, type ListOf, toCursor } from "./lists/cursor.ts";
import { type List, type ListQuery, pageIn } from "./lists/list.ts";
import { readEntries } from "./lists/read-entries.ts";

// a customer has a few lines, so one or two reads fill a page
const customersAtOnce = 100;
// Who has left, or is on trial, has none, and may be one of very many: a hundred take some 50 ms, and the function has
// ten seconds.
const maxCustomersRead = 5_000;

/**
 * The last line of the page before, and the row ahead of its customer's: after that row the table is read again. Empty
 * ids, which nobody has, where everything up to that row was looked at.
 */
const place = z.strictObject({
  after: keyAfter(customerPrefix).optional(),
  customerId: z.string(),
  serviceId: z.string(),
});

const lineView = (line: Line, usage: CustomerUsage | undefined, entry: LedgerEntry | undefined) => {
  const count = line.billed ? usage?.counts[line.serviceId] : undefined;
  const accepted = entry?.accepted;
  return {
    customerId: line.customerId,
    customerName: line.customerName,
    serviceId: line.serviceId,
    serviceName: line.serviceName,
    // not zero but unknown for a customer that came back and was not measured since
    unitCount: count?.unitCount ?? (line.billed ? null : 0),
    asOf: count?.measuredAt ?? null,
    lastAccepted: accepted ? { unitCount: accepted.unitCount, at: accepted.at } : null,
    lastOutcome: entry?.last.outcome ?? null,
    // another number had no answer: Gradient may hold that one, whatever it accepted before
    isInDoubt: !!entry?.doubt && (!!entry.doubt.hidesUnits || entry.doubt.unitCount !== accepted?.unitCount),
  };
};

export type UsageLine = ReturnType<typeof lineView>;

type ReadTable = Pick<Table, "get" | "getMany" | "query">;

/**
 * Every line as an export would have it now, by customer, with what Gradient has accepted for it so far. A page looks
 * at 5,000 customers at most, so it may hold fewer lines than others, or none.
 */
export const readUsageLines = ({ table }: { table: ReadTable }) => {
  async function* linesFrom(integration: Integration, start: string | undefined) {
    const { partnerId } = integration;
    const leftOutServiceIds = new Set(integration.leftOutServiceIds);
    const serviceNames = new Map((await listServices(table)).map(({ id, name }) => [id, name]));
    let after = start;
    for (let read = 0; read < maxCustomersRead; read += customersAtOnce) {
      const position = after === undefined ? {} : { after };
      const rows = await table.query({
        pk: partnerPk(partnerId),
        prefix: customerPrefix,
        limit: customersAtOnce,
        ...position,
      });
      const found = readableOf(rows.items, fromCustomerItem);
      const ids = found.map(({ id }) => id);
      const [{ usage, unreadable }, entries] = await Promise.all([
        readReadableUsage(table, partnerId, ids),
        readEntries(table, integration, found),
      ]);
      const customers = found.filter(({ id }) => !unreadable.has(id));
      const counted = new Map([...usage].map(([id, { counts }]) => [id, new Map(Object.entries(counts))]));
      const held = [...entries.values()].map(heldLine);
      const lines = linesInScope({ customers, counted, held, serviceNames, leftOutServiceIds });
      const byCustomer = Map.groupBy(lines, ({ customerId }) => customerId);
      for (const { id } of customers) {
        for (const line of byCustomer.get(id) ?? []) {
          yield { after, line: lineView(line, usage.get(id), entries.get(lineKey(line))) };
        }
        after = customerKey(partnerId, id).sk;
      }
      if (rows.next === null) return;
      after = rows.next;
    }
    yield { after, line: null };
  }

  return async ({ partnerId, cursor, room }: ListQuery): Promise<List<UsageLine>> => {
    const list: ListOf = [partnerId, "usage"];
    const start = fromCursor(list, place, cursor);
    const integration = await findIntegration(table, partnerId);
    if (!integration) return { items: [], nextCursor: null };
    const wasShown = ({ customerId, serviceId }: UsageLine): boolean =>
      customerId === start?.customerId && serviceId <= start.serviceId;

    const { items, hasRoomFor, add } = pageIn<UsageLine>(room);
    let next: string | null = null;
    for await (const { after, line } of linesFrom(integration, start?.after)) {
      if (line === null) return { items, nextCursor: toCursor(list, { after, customerId: "", serviceId: "" }) };
      if (wasShown(line)) continue;
      if (!hasRoomFor(1)) return { items, nextCursor: next };
      add([line]);
      next = toCursor(list, { after, customerId: line.customerId, serviceId: line.serviceId });
    }
    return { items, nextCursor: null };
  };
};
