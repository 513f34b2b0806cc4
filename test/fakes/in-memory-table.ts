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
  /** Every row as it stands, by `pk|sk`. */
  rows: Map<string, Item>;
}

const id = ({ pk, sk }: Key) => `${pk}\u0000${sk}`;
const keyOf = (write: Write): Key => ("put" in write ? write.put : "delete" in write ? write.delete : write.check);
// DynamoDB orders strings by their UTF-8 bytes
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The table's rules without a database. The same suite runs against this and the real adapter. */
export const inMemoryTable = (): InMemoryTable => {
  const rows = new Map<string, Item>();

  const holds = (key: Key, expect: Expectation | undefined): boolean => {
    if (expect === undefined) return true;
    const current = rows.get(id(key));
    return expect === "absent" ? current === undefined : current?.version === expect;
  };
  const apply = (writes: Write[]) => {
    if (!writes.every((write) => holds(keyOf(write), write.expect))) throw conflict();
    for (const write of writes) {
      if ("put" in write) rows.set(id(write.put), structuredClone(write.put));
      else if ("delete" in write) rows.delete(id(write.delete));
    }
  };

  return {
    rows,
    get: async (key) => structuredClone(rows.get(id(key))),
    getMany: async (keys) => keys.flatMap((key) => structuredClone(rows.get(id(key))) ?? []),
    put: async (item, expect) => apply([{ put: item, ...(expect === undefined ? {} : { expect }) }]),
    delete: async (key, expect) => apply([{ delete: key, ...(expect === undefined ? {} : { expect }) }]),
    transact: async (writes) => apply(writes),
    query: async ({ pk, prefix = "", after, descending = false, limit = Number.POSITIVE_INFINITY }) => {
      const direction = descending ? -1 : 1;
      const found = [...rows.values()]
        .filter((row) => row.pk === pk && row.sk.startsWith(prefix))
        .sort((a, b) => direction * byBytes(a.sk, b.sk))
        .filter((row) => after === undefined || direction * byBytes(row.sk, after) > 0);
      const items = found.slice(0, limit).map((row) => structuredClone(row));
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
