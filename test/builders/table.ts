import type { Item, Table } from "#shared/table/table";
import { type InMemoryTable, inMemoryTable } from "#test/fakes/in-memory-table";

/** A table that holds these rows. */
export const aTableWith = async (...rows: Item[]): Promise<InMemoryTable> => {
  const table = inMemoryTable();
  for (const row of rows) await table.put(row);
  return table;
};

/** Every row of a partition whose sort key begins so, in its order. */
export const rowsOf = (table: InMemoryTable, pk: string, prefix = ""): Item[] =>
  [...table.rows.values()]
    .filter((row) => row.pk === pk && row.sk.startsWith(prefix))
    .sort((a, b) => (a.sk < b.sk ? -1 : 1));

/** The tasks that are owed to a queue, oldest first. */
export const owedTasks = (table: InMemoryTable): unknown[] =>
  [...table.rows.values()]
    .filter(({ pk }) => pk.startsWith("outbox#"))
    .sort((a, b) => (a.sk < b.sk ? -1 : 1))
    .map(({ task }) => task);

/** The table that counts what is written, and whose writes can be made to fail. */
export interface WatchedTable extends InMemoryTable {
  writes: number;
}

/** Counts every write call; `before` runs ahead of each and may throw or change rows in between. */
export const watchedTable = (
  table: InMemoryTable,
  before: (call: number) => Promise<void> | void = () => undefined,
): WatchedTable => {
  const watched: WatchedTable = {
    ...table,
    writes: 0,
    put: async (...args: Parameters<Table["put"]>) => {
      await before(++watched.writes);
      await table.put(...args);
    },
    delete: async (...args: Parameters<Table["delete"]>) => {
      await before(++watched.writes);
      await table.delete(...args);
    },
    transact: async (...args: Parameters<Table["transact"]>) => {
      await before(++watched.writes);
      await table.transact(...args);
    },
  };
  return watched;
};

/** Everything that the table holds, to compare before with after. */
export const everyRow = (table: InMemoryTable): Item[] =>
  [...table.rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => structuredClone(row));
