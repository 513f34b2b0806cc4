import { hash } from "node:crypto";
import * as z from "zod";
import { logger } from "../logger.ts";
import { partnerPk } from "../partners/partner.ts";
import { readableOf, readRow } from "../stored.ts";
import {
  added,
  allItems,
  type Item,
  isConflict,
  type Key,
  type RowWrite,
  store,
  type Table,
  versioned,
} from "../table/table.ts";
import type { Customer } from "./customer.ts";

/** How many customers the feed has told of, removed ones too; `leftOut`: by a person, of those who are not removed. */
const tally = z.object({ total: z.int(), removed: z.int(), leftOut: z.int() });
export type Tally = z.infer<typeof tally>;
const stored = tally.extend({ version: z.number() });

/**
 * A partner's tally is a base and what has changed since. The changes stand in several rows: batches that come at once
 * would lose to one another over a single one.
 */
const shards = 16;
const prefix = "customer-tally#";
const key = (partnerId: string, part: string): Key => ({ pk: partnerPk(partnerId), sk: `${prefix}${part}` });
const baseKey = (partnerId: string): Key => key(partnerId, "base");

const nothing: Tally = { total: 0, removed: 0, leftOut: 0 };
const sum = (a: Tally, b: Tally, sign: 1 | -1 = 1): Tally => ({
  total: a.total + sign * b.total,
  removed: a.removed + sign * b.removed,
  leftOut: a.leftOut + sign * b.leftOut,
});
const isSame = (a: Tally, b: Tally): boolean =>
  a.total === b.total && a.removed === b.removed && a.leftOut === b.leftOut;

type Counted = Pick<Customer, "removedAt" | "leftOut">;

const shareOf = ({ removedAt, leftOut = null }: Counted): Tally => ({
  total: 1,
  removed: Number(removedAt !== null),
  leftOut: Number(removedAt === null && leftOut !== null),
});

const tallyOf = (customers: Iterable<Counted>): Tally => {
  let all = nothing;
  for (const customer of customers) all = sum(all, shareOf(customer));
  return all;
};

export interface CustomerChange {
  before: Counted | undefined;
  after: Counted & Pick<Customer, "id">;
}

/**
 * What such a row says. One that cannot be read says nothing, and is written anew: the look that follows each change of
 * customers counts them.
 */
const readTally = (row: Item): z.infer<typeof stored> => {
  const [tallied] = readableOf([row], (its) => readRow(stored, its));
  return tallied ?? { ...nothing, version: row.version };
};

/** What the transaction that changes these customers has to write, too: at most one row. */
export const tallyWrites = async (
  table: Pick<Table, "get">,
  partnerId: string,
  changes: CustomerChange[],
): Promise<RowWrite[]> => {
  const was = tallyOf(changes.flatMap(({ before }) => before ?? []));
  const change = sum(tallyOf(changes.map(({ after }) => after)), was, -1);
  const [first] = changes;
  if (!first || isSame(change, nothing)) return [];
  const shard = hash("sha256", first.after.id, "buffer").readUInt8(0) % shards;
  const place = key(partnerId, String(shard).padStart(2, "0"));
  const row = await table.get(place);
  const { version, ...before } = row ? readTally(row) : { ...nothing, version: 0 };
  return [versioned({ ...place, ...sum(before, change), version })];
};

interface Kept {
  base: Tally | undefined;
  changes: Tally;
  /** As long as it stays the same, no customer has come, gone, or been left out. */
  state: string;
  baseVersion: number;
}

const readKept = async (table: Pick<Table, "query">, partnerId: string): Promise<Kept> => {
  const rows: Item[] = await Array.fromAsync(allItems(table, { pk: partnerPk(partnerId), prefix }));
  const baseSk = baseKey(partnerId).sk;
  const base = rows.find(({ sk }) => sk === baseSk);
  const others = rows.filter(({ sk }) => sk !== baseSk);
  return {
    base: base && readableOf([base], (row) => readRow(stored, row))[0],
    changes: others.map(readTally).reduce<Tally>((all, part) => sum(all, part), nothing),
    state: others.map(({ sk, version }) => `${sk}:${version}`).join(),
    baseVersion: base?.version ?? 0,
  };
};

/** Undefined for a partner of before there were tallies, until a look has counted its customers. */
export const findTally = async (table: Pick<Table, "query">, partnerId: string): Promise<Tally | undefined> => {
  const { base, changes } = await readKept(table, partnerId);
  return base && sum(base, changes);
};

/** For a partner that is told of for the first time; nothing where it has customers already, whom a look will count. */
export const firstTallyWrites = async (table: Pick<Table, "query">, partnerId: string): Promise<RowWrite[]> => {
  const known = await table.query({ pk: partnerPk(partnerId), prefix: "customer", limit: 1 });
  return known.items.length > 0 ? [] : [added({ ...baseKey(partnerId), ...nothing })];
};

interface Listed {
  customers: Customer[];
  unreadable: number;
}

/**
 * Lists customers and, where none of them has changed in the meantime and all can be read, sets right what the tally
 * says. A version of the service that keeps none may have changed customers, too.
 */
export const settlingTally = async (
  table: Pick<Table, "query" | "put">,
  partnerId: string,
  list: () => Promise<Listed>,
): Promise<Listed> => {
  const before = await readKept(table, partnerId);
  const listed = await list();
  const { customers, unreadable } = listed;
  if (unreadable > 0) return listed;
  const { base, baseVersion, changes, state } = await readKept(table, partnerId);
  const right = sum(tallyOf(customers), changes, -1);
  if (state !== before.state || (base && isSame(base, right))) return listed;
  if (base) logger.warn("customers were counted wrongly, and are counted anew", { partnerId });
  try {
    await store(table, versioned({ ...baseKey(partnerId), ...right, version: baseVersion }));
  } catch (error) {
    // another look has counted them
    if (!isConflict(error)) throw error;
  }
  return listed;
};
