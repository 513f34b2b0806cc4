import { InfrastructureFault } from "#shared/errors";
import {
  conflict,
  type DueIndex,
  type DueKey,
  dueIndexes,
  type Expectation,
  type Item,
  type Key,
  type Table,
  type Write,
} from "#shared/table/table";
import { type SortedList, sortedList } from "./sorted-list.ts";

export interface InMemoryTable extends Table {
  /** Every row as it stands. Rows are frozen: a change is a new row. */
  rows: Map<string, Item>;
  /** The writes of a transaction at once, or nothing and `table.conflict`. */
  apply(writes: Write[]): void;
  /** Any number of rows, whatever is there. A frozen one is kept as it is, not copied. */
  load(items: Iterable<Item>): void;
  /** The rows of one partition, in no order. */
  partition(pk: string): Iterable<Item>;
  /** Forgets rows without a write. */
  unload(keys: Iterable<Key>): void;
}

const maxWrites = 100;

/** As DynamoDB sees it: half a character is written like any other half. */
const id = ({ pk, sk }: Key) => `${pk}\u0000${sk}`.toWellFormed();
const keyOf = (write: Write): Key => ("put" in write ? write.put : "delete" in write ? write.delete : write.check);

// Up to there UTF-16, by which JavaScript orders strings, and UTF-8 have the same order.
const isUnusual = /[\ud800-\uffff]/;
/** DynamoDB orders strings by their UTF-8 bytes. */
const byBytes = (a: string, b: string): number => {
  if (isUnusual.test(a) || isUnusual.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : Number(a > b);
};

const copyOf = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  // the bytes alone: what deflates gives a view of a buffer that is much larger
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf));
  const copy: Record<string, unknown> = {};
  const fields = value as Record<string, unknown>;
  for (const field of Object.keys(fields)) {
    const its = fields[field];
    if (its !== undefined) copy[field] = copyOf(its);
  }
  return Object.freeze(copy);
};
/** What the real adapter would give back: plain values without undefined fields, nobody else's to change. */
const stored = (item: Item): Item => (Object.isFrozen(item) ? item : (copyOf(item) as Item));

// as the adapter throws what DynamoDB refuses as malformed
const refused = (why: string) => new InfrastructureFault(why);
const isEachOnce = (keys: Key[]): boolean => keys.length < 2 || new Set(keys.map(id)).size === keys.length;

// three bytes are the most that a unit of UTF-16 takes
const isOver = (text: string, maxBytes: number): boolean =>
  text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
/** DynamoDB's own limits of a key, which its emulators may not know. */
const checkSizes = (keys: Key[]): void => {
  for (const { pk, sk } of keys) if (isOver(pk, 2048) || isOver(sk, 1024)) throw refused("A key is too long");
};

/** One partition: its rows, and once somebody has asked for them in order, their sort keys. */
interface Partition {
  rows: Map<string, Item>;
  order: SortedList<string> | undefined;
}

const byDue = (a: DueKey, b: DueKey): number => byBytes(a.dueAt, b.dueAt) || byBytes(id(a), id(b));

const fieldsOf = (end: string) =>
  Object.fromEntries(dueIndexes.map((index) => [index, `${index}${end}`])) as Record<DueIndex, string>;
const [kindFields, atFields] = [fieldsOf("Kind"), fieldsOf("At")];

/** Where a row stands in an index, by the name of the list. */
const entryOf = (row: Item | undefined, index: DueIndex): { list: string; key: DueKey } | undefined => {
  const [kind, dueAt] = [row?.[kindFields[index]], row?.[atFields[index]]];
  if (!row || typeof kind !== "string" || typeof dueAt !== "string") return undefined;
  return { list: `${index}\u0000${kind}`, key: { pk: row.pk, sk: row.sk, dueAt } };
};

/** The table's rules without a database. `test/contract/table-agreement.test.ts` compares it with the real adapter. */
export const inMemoryTable = (initial: Iterable<Item> = []): InMemoryTable => {
  const rows = new Map<string, Item>();
  const partitions = new Map<string, Partition>();
  /** Made when somebody asks for what is due, for the first time. */
  let dueLists: Map<string, SortedList<DueKey>> | undefined;

  const holds = (key: Key, expect: Expectation | undefined): boolean => {
    if (expect === undefined) return true;
    const current = rows.get(id(key));
    return expect === "absent" ? current === undefined : current?.version === expect;
  };
  const partitionOf = (pk: string): Partition => {
    const known = partitions.get(pk);
    if (known) return known;
    const made: Partition = { rows: new Map(), order: undefined };
    partitions.set(pk, made);
    return made;
  };
  const moveIn = (lists: Map<string, SortedList<DueKey>>, before: Item | undefined, after: Item | undefined): void => {
    for (const index of dueIndexes) {
      const [from, to] = [entryOf(before, index), entryOf(after, index)];
      if (from?.list === to?.list && from?.key.dueAt === to?.key.dueAt) continue;
      if (from) lists.get(from.list)?.remove(from.key);
      if (to) {
        const list = lists.get(to.list) ?? sortedList(byDue);
        lists.set(to.list, list);
        list.add(to.key);
      }
    }
  };
  const moveInIndexes = (before: Item | undefined, after: Item | undefined) => {
    if (dueLists) moveIn(dueLists, before, after);
  };
  const indexed = (): Map<string, SortedList<DueKey>> => {
    if (dueLists) return dueLists;
    dueLists = new Map();
    for (const row of rows.values()) moveIn(dueLists, undefined, row);
    return dueLists;
  };
  const set = (row: Item) => {
    const key = id(row);
    moveInIndexes(rows.get(key), row);
    rows.set(key, row);
    const partition = partitionOf(row.pk);
    if (!partition.rows.has(row.sk)) partition.order?.add(row.sk);
    partition.rows.set(row.sk, row);
  };
  const remove = (gone: Key) => {
    const key = id(gone);
    moveInIndexes(rows.get(key), undefined);
    rows.delete(key);
    const [pk, sk] = [gone.pk.toWellFormed(), gone.sk.toWellFormed()];
    const partition = partitions.get(pk);
    if (!partition?.rows.delete(sk)) return;
    partition.order?.remove(sk);
    if (partition.rows.size === 0) partitions.delete(pk);
  };
  const apply = (writes: Write[]) => {
    if (writes.length === 0 || writes.length > maxWrites) throw refused("A transaction has 1 to 100 writes");
    if (!isEachOnce(writes.map(keyOf))) throw refused("A transaction names each row once");
    checkSizes(writes.map(keyOf));
    if (!writes.every((write) => holds(keyOf(write), write.expect))) throw conflict();
    for (const write of writes) {
      if ("put" in write) set(stored(write.put));
      else if ("delete" in write) remove(write.delete);
    }
  };
  for (const row of initial) set(stored(row));

  const sortKeysOf = (partition: Partition): SortedList<string> => {
    partition.order ??= sortedList(byBytes, partition.rows.keys());
    return partition.order;
  };

  return {
    rows,
    apply,
    load: (items) => {
      for (const item of items) set(stored(item));
    },
    partition: (pk) => partitions.get(pk)?.rows.values() ?? [],
    unload: (keys) => {
      for (const key of keys) remove(key);
    },
    get: async (key) => {
      checkSizes([key]);
      return rows.get(id(key));
    },
    getMany: async (keys) => {
      checkSizes(keys);
      if (!isEachOnce(keys)) throw refused("A row is asked for once");
      return keys.flatMap((key) => rows.get(id(key)) ?? []);
    },
    put: async (item, expect) => apply([{ put: item, ...(expect === undefined ? {} : { expect }) }]),
    delete: async (key, expect) => apply([{ delete: key, ...(expect === undefined ? {} : { expect }) }]),
    transact: async (writes) => apply(writes),
    query: async ({ pk, prefix: asked = "", after, descending = false, limit = Number.POSITIVE_INFINITY }) => {
      const prefix = asked.toWellFormed();
      checkSizes([
        { pk, sk: prefix },
        { pk, sk: after ?? "" },
      ]);
      const partition = partitions.get(pk);
      if (!partition) return { items: [], next: null };
      const { values, placeOf, after: placeAfter } = sortKeysOf(partition);
      const step = descending ? -1 : 1;
      // keys with the prefix lie side by side, the first of them where the prefix would be
      const first = placeOf(prefix);
      let place = first;
      if (descending) {
        while (values[place]?.startsWith(prefix)) place += 1;
        place -= 1;
        if (after !== undefined) place = Math.min(place, placeOf(after) - 1);
      } else if (after !== undefined) place = Math.max(place, placeAfter(after));
      const items: Item[] = [];
      for (; ; place += step) {
        const sk = values[place];
        if (place < first || sk === undefined || !sk.startsWith(prefix)) return { items, next: null };
        if (items.length >= limit) return { items, next: items.at(-1)?.sk ?? null };
        const row = partition.rows.get(sk);
        if (row) items.push(row);
      }
    },
    count: async ({ pk, prefix, where }) => {
      const all = [...(partitions.get(pk)?.rows.values() ?? [])].filter(({ sk }) => sk.startsWith(prefix));
      const isWanted = (row: Item) =>
        Object.entries(where).every(([field, wanted]) => ((row[field] ?? null) === null) === (wanted === "nothing"));
      return { all: all.length, matching: all.filter(isWanted).length };
    },
    due: async ({ index = "due", kind, until, limit, after }) => {
      const list = indexed().get(`${index}\u0000${kind}`);
      if (!list) return { keys: [], next: null };
      const from = after === undefined ? 0 : list.after(after);
      const keys: DueKey[] = [];
      for (let place = from; ; place += 1) {
        const key = list.values[place];
        if (key === undefined || byBytes(key.dueAt, until) > 0) return { keys, next: null };
        if (keys.length >= limit) return { keys, next: keys.at(-1) ?? null };
        keys.push(key);
      }
    },
  };
};
