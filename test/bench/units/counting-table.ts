import { allItems, type DueKey, type Item, isConflict, type Key, type Table, type Write } from "#shared/table/table";
import { itemBytes, readUnits, writeUnits } from "#test/builders/item-size";

export interface Units {
  calls: number;
  write: number;
  read: number;
}

export interface CountingTable extends Table {
  /** By kind of row: the first part of its sort key, or of its partition where that says more. */
  byKind: Map<string, Units>;
  /** What lies in the table already, for the sizes that writes and deletes are charged by. */
  learn(items: Iterable<Item>): void;
  total(): Units;
  /** Of the rows of a kind that were written here, as they are now. */
  storedBytes(kind: string): number;
  reset(): void;
}

interface Known {
  kind: string;
  bytes: number;
  /** The keys in the indexes, empty where the row is not in one. */
  due: string[];
}

const id = ({ pk, sk }: Key): string => `${pk}\u0000${sk}`;
const first = (text: string): string => text.slice(0, Math.max(0, `${text}#`.indexOf("#")));
const kindOf = ({ pk, sk }: Key): string =>
  ["outbox", "limiter"].includes(first(pk)) ? first(pk) : first(sk) || first(pk);

const dueOf = (row: Item): string[] =>
  (["due", "idle", "look"] as const).map((index) => {
    const [kind, at] = [row[`${index}Kind`], row[`${index}At`]];
    return typeof kind === "string" && typeof at === "string" ? `${kind}\u0000${at}` : "";
  });

const sizeOf = (item: Item): Known => ({ kind: kindOf(item), bytes: itemBytes(item), due: dueOf(item) });

/**
 * A change of the index's keys is a delete and a put there; unchanged keys cost nothing, because it holds nothing else.
 */
const indexUnits = (before: string[], after: string[]): number =>
  [0, 1, 2].reduce((sum, index) => {
    const [from = "", to = ""] = [before[index], after[index]];
    return sum + (from === to ? 0 : Number(from !== "") + Number(to !== ""));
  }, 0);

/**
 * A table that counts what DynamoDB would charge: writes by the larger of the old and the new size, a refused condition
 * as a write of what is there, everything in a transaction twice, reads as consistent ones and the index's at half the
 * price. Streams are read for nothing by a function, and expired rows are deleted for nothing.
 */
export const countingTable = (table: Table): CountingTable => {
  const byKind = new Map<string, Units>();
  const known = new Map<string, Known>();

  const charge = (kind: string, units: Partial<Units>) => {
    const before = byKind.get(kind) ?? { calls: 0, write: 0, read: 0 };
    byKind.set(kind, {
      calls: before.calls + (units.calls ?? 0),
      write: before.write + (units.write ?? 0),
      read: before.read + (units.read ?? 0),
    });
  };
  const keyOf = (write: Write): Key => ("put" in write ? write.put : "delete" in write ? write.delete : write.check);

  const unitsOf = (write: Write): number => {
    const before = known.get(id(keyOf(write)));
    const [bytes, due] = [before?.bytes ?? 0, before?.due ?? []];
    if (!("put" in write)) return writeUnits(bytes) + ("delete" in write ? indexUnits(due, []) : 0);
    return writeUnits(Math.max(bytes, itemBytes(write.put))) + indexUnits(due, dueOf(write.put));
  };
  const refusedUnits = (write: Write): number => writeUnits(known.get(id(keyOf(write)))?.bytes ?? 0);
  const note = (write: Write) => {
    if ("put" in write) known.set(id(write.put), sizeOf(write.put));
    else if ("delete" in write) known.delete(id(write.delete));
  };

  /** One call with these writes, each charged `factor` times. */
  const write = async (writes: Write[], factor: number, call: () => Promise<void>) => {
    const kinds = writes.map((each) => kindOf(keyOf(each)));
    charge(kinds[0] ?? "", { calls: 1 });
    const units = writes.map(unitsOf);
    try {
      await call();
      for (const each of writes) note(each);
      for (const [index, kind] of kinds.entries()) charge(kind, { write: factor * (units[index] ?? 0) });
    } catch (error) {
      if (isConflict(error)) {
        for (const each of writes) charge(kindOf(keyOf(each)), { write: factor * refusedUnits(each) });
      }
      throw error;
    }
  };
  const withExpect = (expect: Write["expect"]) => (expect === undefined ? {} : { expect });
  const listed = (items: Item[], kind: string) => {
    const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
    charge(items[0] ? kindOf(items[0]) : kind, { calls: 1, read: readUnits(bytes) });
  };

  return {
    byKind,
    learn: (items) => {
      for (const item of items) note({ put: item });
    },
    total: () =>
      [...byKind.values()].reduce(
        (sum, { calls, write: writes, read }) => ({
          calls: sum.calls + calls,
          write: sum.write + writes,
          read: sum.read + read,
        }),
        { calls: 0, write: 0, read: 0 },
      ),
    storedBytes: (kind) => [...known.values()].reduce((sum, row) => sum + (row.kind === kind ? row.bytes : 0), 0),
    reset: () => byKind.clear(),
    get: async (key) => {
      const item = await table.get(key);
      charge(kindOf(key), { calls: 1, read: readUnits(item ? itemBytes(item) : 0) });
      if (item) note({ put: item });
      return item;
    },
    getMany: async (keys) => {
      const items = await table.getMany(keys);
      const missing = keys.length - items.length;
      const read = items.reduce((sum, item) => sum + readUnits(itemBytes(item)), missing);
      charge(keys[0] ? kindOf(keys[0]) : "", { calls: Math.ceil(keys.length / 100), read });
      return items;
    },
    put: (item, expect) => write([{ put: item, ...withExpect(expect) }], 1, () => table.put(item, expect)),
    delete: (key, expect) => write([{ delete: key, ...withExpect(expect) }], 1, () => table.delete(key, expect)),
    transact: (writes) => write(writes, 2, () => table.transact(writes)),
    query: async (query) => {
      const page = await table.query(query);
      listed(page.items, first(query.prefix ?? query.pk));
      return page;
    },
    count: async (rows) => {
      const items: Item[] = [];
      for await (const item of allItems(table, rows)) items.push(item);
      listed(items, first(rows.prefix));
      return table.count(rows);
    },
    due: async (query) => {
      const page = await table.due(query);
      const bytes = page.keys.reduce(
        (sum, key: DueKey) => sum + itemBytes({ ...key, dueKind: query.kind, version: 0 }),
        0,
      );
      charge("due", { calls: 1, read: readUnits(bytes) / 2 });
      return page;
    },
  };
};
