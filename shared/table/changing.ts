import type { Table } from "./table.ts";

/** What it takes to change records: the table, as much of it as is used, the time, and ids for whatever is added. */
export interface Changing<Used extends keyof Table = keyof Table> {
  table: Pick<Table, Used>;
  now: () => Date;
  newId: () => string;
}
