import { InfrastructureFault } from "#shared/errors";
import {
  conflict,
  type DueKey,
  type Expectation,
  type Item,
  type Key,
  type Table,
  type Write,
} from "#shared/table/table";

export interface InMemoryTable extends Table {
  /** Every row as it stands. Rows are frozen: a change is a new row. */
  rows: Map<string, Item>;
  /** The writes of a transaction at once, or nothing and `table.conflict`. */
  apply(writes: Write[]): void;
}

const maxWrites = 100;

const id = ({ pk, sk }: Key) => `${pk}\u0000${sk}`;
const keyOf = (write: Write): Key => ("put" in write ? write.put : "delete" in write ? write.delete : write.check);

const isAscii = /^[\0-\x7f]*$/;
/** DynamoDB orders strings by their UTF-8 bytes, which for ASCII is the order of the characters. */
const byBytes = (a: string, b: string): number => {
  if (isAscii.test(a) && isAscii.test(b)) return a < b ? -1 : Number(a > b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
};

const copyOf = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf));
  const copy: Record<string, unknown> = {};
  const fields = value as Record<string, unknown>;
  for (const field of Object.keys(fields)) {
    const its = fields[field];
    if (its !== undefined) copy[field] = typeof its === "object" ? copyOf(its) : its;
  }
  return Object.freeze(copy);
};
/** What the real adapter would give back: plain values without undefined fields, nobody else's to change. */
const stored = (item: Item): Item => copyOf(item) as Item;

// as the adapter throws what DynamoDB refuses as malformed
const refused = (why: string) => new InfrastructureFault(why);
const isEachOnce = (keys: Key[]): boolean => keys.length < 2 || new Set(keys.map(id)).size === keys.length;

/** The table's rules without a database. `test/contract/table-agreement.test.ts` compares it with the real adapter. */
export const inMemoryTable = (initial: Iterable<Item> = []): InMemoryTable => {
  const rows = new Map<string, Item>();
  /** The same rows by partition, so that a query need not look at all of them. */
  const partitions = new Map<string, Map<string, Item>>();

  const holds = (key: Key, expect: Expectation | undefined): boolean => {
    if (expect === undefined) return true;
    const current = rows.get(id(key));
    return expect === "absent" ? current === undefined : current?.version === expect;
  };
  const set = (row: Item) => {
    rows.set(id(row), row);
    const partition = partitions.get(row.pk) ?? new Map<string, Item>();
    partitions.set(row.pk, partition.set(row.sk, row));
  };
  const apply = (writes: Write[]) => {
    if (writes.length === 0 || writes.length > maxWrites) throw refused("A transaction has 1 to 100 writes");
    if (!isEachOnce(writes.map(keyOf))) throw refused("A transaction names each row once");
    if (!writes.every((write) => holds(keyOf(write), write.expect))) throw conflict();
    for (const write of writes) {
      if ("put" in write) set(stored(write.put));
      else if ("delete" in write) {
        rows.delete(id(write.delete));
        partitions.get(write.delete.pk)?.delete(write.delete.sk);
      }
    }
  };
  for (const row of initial) set(Object.isFrozen(row) ? row : stored(row));

  return {
    rows,
    apply,
    get: async (key) => rows.get(id(key)),
    getMany: async (keys) => {
      if (!isEachOnce(keys)) throw refused("A row is asked for once");
      return keys.flatMap((key) => rows.get(id(key)) ?? []);
    },
    put: async (item, expect) => apply([{ put: item, ...(expect === undefined ? {} : { expect }) }]),
    delete: async (key, expect) => apply([{ delete: key, ...(expect === undefined ? {} : { expect }) }]),
    transact: async (writes) => apply(writes),
    query: async ({ pk, prefix = "", after, descending = false, limit = Number.POSITIVE_INFINITY }) => {
      const direction = descending ? -1 : 1;
      const found = [...(partitions.get(pk)?.values() ?? [])]
        .filter((row) => row.sk.startsWith(prefix))
        .sort((a, b) => direction * byBytes(a.sk, b.sk))
        .filter((row) => after === undefined || direction * byBytes(row.sk, after) > 0);
      const items = found.slice(0, limit);
      return { items, next: found.length > items.length ? (items.at(-1)?.sk ?? null) : null };
    },
    due: async ({ kind, until, limit, after }) => {
      const order = (a: DueKey, b: DueKey) => byBytes(a.dueAt, b.dueAt) || byBytes(id(a), id(b));
      const found = [...rows.values()]
        .flatMap((row) =>
          row.dueKind === kind && typeof row.dueAt === "string" && row.dueAt <= until
            ? [{ pk: row.pk, sk: row.sk, dueAt: row.dueAt }]
            : [],
        )
        .sort(order)
        .filter((key) => after === undefined || order(key, after) > 0);
      const keys = found.slice(0, limit);
      return { keys, next: found.length > keys.length ? (keys.at(-1) ?? null) : null };
    },
  };
};
