import * as z from "zod";
import { fromCursor, keyAfter, type ListOf, toCursor } from "#functions/read-integration/lists/cursor";
import { type List, type ListQuery, pageIn } from "#functions/read-integration/lists/list";
import { readEntries } from "#functions/read-integration/lists/read-entries";
import { accountGap, type Gap, lastAcceptedIn } from "#shared/customers/coverage";
import { type Customer, customerKey, customerPrefix, fromCustomerItem, isBilled } from "#shared/customers/customer";
import { UnreadableRecord } from "#shared/errors";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import { findLeftOutServices, type LeftOutServices } from "#shared/integrations/record/left-out";
import { logFailure } from "#shared/log-failure";
import { partnerPk } from "#shared/partners/partner";
import { readableOf } from "#shared/stored";
import type { Table } from "#shared/table/table";
import { readReadableUsage } from "#shared/usage/usage";
import type { Room } from "#shared/wire";
import { evidenceOf, readCoverage } from "./read-mapping.ts";

export interface MappingItemsRequest extends ListQuery {
  kind: "accounts" | "services";
  /** Both, unless given. */
  status?: "unmapped" | "left-out" | undefined;
}

export interface MappingItem extends Gap {
  status: "unmapped" | "left-out";
  /** A person has chosen it, or the feed says that it is not billed. */
  leftOut: { reason: string; note: string | null; by: string | null; at: string | null } | null;
}

const customersAtOnce = 100;
// a page may hold nothing and still have others after it: most customers of a partner are mapped
const maxCustomersRead = 500;

type ItemsTable = Pick<Table, "get" | "getMany" | "query">;

const leftOutOf = ({ leftOut, billing }: Customer): MappingItem["leftOut"] => {
  if (leftOut) return { reason: "chosen", note: leftOut.note, by: leftOut.by, at: leftOut.at };
  return billing === "billed" ? null : { reason: billing, note: null, by: null, at: null };
};

/** Those of some customers that are not billed, with why. */
const accountItems = async (
  table: ItemsTable,
  integration: Integration,
  customers: Customer[],
): Promise<MappingItem[]> => {
  const { partnerId, leftOutServiceIds } = integration;
  const ids = customers.map(({ id }) => id);
  const [{ usage, unreadable }, entries] = await Promise.all([
    readReadableUsage(table, partnerId, ids),
    readEntries(table, integration, customers),
  ]);
  const evidence = evidenceOf(integration, entries.values());
  const lastAccepted = lastAcceptedIn(entries.values());
  const gone = new Set(leftOutServiceIds);
  return customers
    .filter(({ id, removedAt }) => removedAt === null && !unreadable.has(id))
    .filter((customer) => !isBilled(customer) || !evidence.isAccountMapped(customer.id, customer.isMapped))
    .map((customer) => ({
      ...accountGap(customer, { usage, lastAccepted, evidence }, (id) => gone.has(id)),
      status: isBilled(customer) ? "unmapped" : "left-out",
      leftOut: leftOutOf(customer),
    }));
};

/** Which ones they are stands in the partner's record; without the reasons the list is as true as with them. */
const decisionsOf = async (table: ItemsTable, partnerId: string): Promise<LeftOutServices["services"]> => {
  try {
    return (await findLeftOutServices(table, partnerId)).services;
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    logFailure("why services are left out cannot be read, the list goes without it", error);
    return [];
  }
};

const serviceItems = async (table: ItemsTable, integration: Integration): Promise<MappingItem[]> => {
  const [{ unmapped, leftOutServices }, decided] = await Promise.all([
    readCoverage(table, integration),
    decisionsOf(table, integration.partnerId),
  ]);
  const decisions = new Map(decided.map(({ id, ...decision }) => [id, { reason: "chosen", ...decision }]));
  return [
    ...unmapped.services.map((gap) => ({ ...gap, status: "unmapped" as const, leftOut: null })),
    ...leftOutServices.map((gap) => ({
      ...gap,
      status: "left-out" as const,
      leftOut: decisions.get(gap.id) ?? { reason: "chosen", note: null, by: null, at: null },
    })),
  ];
};

/** The row after which a page of accounts goes on, or how many services were shown. */
const accountPlace = keyAfter(customerPrefix);
const servicePlace = z.int().min(0);

/** Whatever of a partner's is in use and not billed: not mapped, or left out. */
export const readMappingItems = ({ table }: { table: ItemsTable }) => {
  const pageOfAccounts = async (
    integration: Integration,
    isAsked: (item: MappingItem) => boolean,
    { list, start, room }: { list: ListOf; start: string | undefined; room: Room },
  ): Promise<List<MappingItem>> => {
    const { partnerId } = integration;
    const { items, hasRoomFor, add } = pageIn<MappingItem>(room);
    let after = start;
    for (let read = 0; read < maxCustomersRead; read += customersAtOnce) {
      const position = after === undefined ? {} : { after };
      const rows = await table.query({
        pk: partnerPk(partnerId),
        prefix: customerPrefix,
        limit: customersAtOnce,
        ...position,
      });
      const customers = readableOf(rows.items, fromCustomerItem);
      for (const item of (await accountItems(table, integration, customers)).filter(isAsked)) {
        add([item]);
        if (!hasRoomFor(1)) return { items, nextCursor: toCursor(list, customerKey(partnerId, item.id).sk) };
      }
      if (rows.next === null) return { items, nextCursor: null };
      after = rows.next;
    }
    return { items, nextCursor: after === undefined ? null : toCursor(list, after) };
  };

  return async ({ partnerId, kind, status, cursor, room }: MappingItemsRequest): Promise<List<MappingItem>> => {
    const isAsked = (item: MappingItem): boolean => status === undefined || item.status === status;
    const list: ListOf = [partnerId, "mapping", kind, status ?? ""];
    const [start, servicesShown] =
      kind === "accounts"
        ? [fromCursor(list, accountPlace, cursor), 0]
        : [undefined, fromCursor(list, servicePlace, cursor) ?? 0];
    const integration = await findIntegration(table, partnerId);
    if (!integration) return { items: [], nextCursor: null };
    if (kind === "accounts") return pageOfAccounts(integration, isAsked, { list, start, room });
    const all = (await serviceItems(table, integration)).filter(isAsked);
    const end = servicesShown + room.rows;
    return { items: all.slice(servicesShown, end), nextCursor: end < all.length ? toCursor(list, end) : null };
  };
};
