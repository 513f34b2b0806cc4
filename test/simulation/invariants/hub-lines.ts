import { fromCustomerItem, isBilled } from "#shared/customers/customer";
import type { Integration } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import { fromUsageItem } from "#shared/usage/usage";
import { lineOf } from "../gradient/call.ts";
import type { World } from "../world/world.ts";

/** What the hub had for one line from some moment on: a number, zero for what is no longer billed, or none. */
export interface Level {
  from: number;
  isBilled: boolean;
  unitCount: number | undefined;
}

/** One customer × one service of a partner, as the hub has it. */
export interface HubLine {
  customerId: string;
  serviceId: string;
  /** Earliest first. */
  levels: Level[];
}

const sameLevel = (a: Level | undefined, b: Level): boolean =>
  a !== undefined && a.isBilled === b.isBilled && a.unitCount === b.unitCount;

interface News {
  partnerId: string;
  line: HubLine;
  before: Level | undefined;
}

/** Keeps what the hub has counted for every line, and since when. `hear` is told of each change. */
export const hubLines = ({ table, line: time, observers }: World, hear: (news: News) => void) => {
  const lines = new Map<string, Map<string, HubLine>>();
  const billed = new Map<string, boolean>();
  /** Services that a partner has left out. */
  const leftOut = new Map<string, readonly string[]>();
  /** Gradient's ids of the services that it has, by the hub's. */
  const serviceIds = new Map<string, string>();
  const listening: { isOn: boolean } = { isOn: false };

  const note = (partnerId: string, customerId: string, serviceId: string, unitCount: number | undefined): void => {
    const own = lines.get(partnerId) ?? new Map<string, HubLine>();
    lines.set(partnerId, own);
    const key = `${customerId}/${serviceId}`;
    const its = own.get(key) ?? { customerId, serviceId, levels: [] };
    own.set(key, its);
    const before = its.levels.at(-1);
    const level: Level = {
      from: time.now(),
      isBilled: (billed.get(`${partnerId}/${customerId}`) ?? false) && !leftOut.get(partnerId)?.includes(serviceId),
      unitCount,
    };
    if (sameLevel(before, level)) return;
    its.levels.push(level);
    if (listening.isOn) hear({ partnerId, line: its, before });
  };
  const noteUsage = (row: Item, isThere: boolean): void => {
    const { partnerId, customerId, counts } = fromUsageItem(row);
    for (const [serviceId, { unitCount }] of Object.entries(counts))
      note(partnerId, customerId, serviceId, isThere ? unitCount : undefined);
  };
  const noteCustomer = (row: Item): void => {
    const customer = fromCustomerItem(row);
    const { partnerId, id } = customer;
    billed.set(`${partnerId}/${id}`, isBilled(customer));
    for (const its of [...(lines.get(partnerId)?.values() ?? [])])
      if (its.customerId === id) note(partnerId, id, its.serviceId, its.levels.at(-1)?.unitCount);
  };
  const noteLeftOut = ({ partnerId, leftOutServiceIds }: Integration): void => {
    if (leftOut.get(partnerId)?.join() === leftOutServiceIds.join()) return;
    leftOut.set(partnerId, leftOutServiceIds);
    for (const { customerId, serviceId, levels } of [...(lines.get(partnerId)?.values() ?? [])])
      note(partnerId, customerId, serviceId, levels.at(-1)?.unitCount);
  };
  const noteService = ({ id, gradientServiceId }: Item): void => {
    if (typeof id === "string" && typeof gradientServiceId === "string") serviceIds.set(id, gradientServiceId);
  };
  const see = (before: Item | undefined, after: Item | undefined): void => {
    const row = after ?? before;
    if (!row) return;
    if (row.sk.startsWith("usage#")) noteUsage(row, after !== undefined);
    else if (row.sk.startsWith("customer#") && after) noteCustomer(after);
    else if (row.sk.startsWith("service#") && after) noteService(after);
    else if (row.sk === "integration" && after) noteLeftOut(after as unknown as Integration);
  };

  const initial = [...table.rows.values()];
  for (const prefix of ["customer#", "usage#", "service#"])
    for (const row of initial) if (row.sk.startsWith(prefix)) see(undefined, row);
  listening.isOn = true;
  observers.push(({ before, after }) => see(before, after));

  return {
    of: (partnerId: string): HubLine[] => [...(lines.get(partnerId)?.values() ?? [])],
    /** Its name in Gradient; undefined while its service is not there. */
    nameOf: ({ customerId, serviceId }: HubLine): string | undefined => {
      const id = serviceIds.get(serviceId);
      return id === undefined ? undefined : lineOf(customerId, id);
    },
  };
};

export type HubLines = ReturnType<typeof hubLines>;

/** What the hub had at that moment or at any later one. */
export const levelsSince = ({ levels }: HubLine, since: number): Level[] => {
  const first = levels.findLastIndex(({ from }) => from <= since);
  return levels.slice(Math.max(0, first));
};
