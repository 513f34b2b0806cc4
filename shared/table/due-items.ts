import { throwAll } from "../errors.ts";
import type { DueIndex, DueKey, Item, Table } from "./table.ts";

const pageSize = 100;

interface Due {
  table: Pick<Table, "due">;
  index?: DueIndex;
  kind: string;
  until: Date;
  hasTime: () => boolean;
}

/** Goes through all pages. One record that fails keeps no other from its turn; what failed is thrown in the end. */
const handlePages = async (due: Due, handle: (keys: DueKey[]) => Promise<Promise<void>[]>): Promise<void> => {
  const failures: unknown[] = [];
  for await (const keys of dueItems(due)) {
    const ends = await Promise.allSettled(await handle(keys));
    failures.push(...ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : [])));
  }
  throwAll(failures);
};

/** Has every due key handled, a page at a time. */
export const handleDue = (due: Due, handle: (key: DueKey) => Promise<void>): Promise<void> =>
  handlePages(due, async (keys) => keys.map(handle));

/** The same with the rows themselves, a page of them in one call: for whoever has very many. */
export const handleDueRows = (
  { table, ...due }: Omit<Due, "table"> & { table: Pick<Table, "due" | "get" | "getMany"> },
  handle: (row: Item) => Promise<void>,
): Promise<void> => {
  const handleOne = async (key: DueKey): Promise<void> => {
    const row = await table.get({ pk: key.pk, sk: key.sk });
    if (row) await handle(row);
  };
  return handlePages({ table, ...due }, async (keys) => {
    const rows = await table.getMany(keys).catch(() => undefined);
    // a row that the table does not give out now, for it is read too often, fails the whole page
    return rows ? rows.map(handle) : keys.map(handleOne);
  });
};

/**
 * Every key that is due, page by page, until the time is nearly up. Whoever handles a key moves its due time on, so a
 * run that was cut off is resumed by the next one where it stopped.
 */
async function* dueItems({ table, index = "due", kind, until, hasTime }: Due): AsyncGenerator<DueKey[]> {
  let after: DueKey | undefined;
  while (hasTime()) {
    const page = await table.due({
      index,
      kind,
      until: until.toISOString(),
      limit: pageSize,
      ...(after ? { after } : {}),
    });
    if (page.keys.length > 0) yield page.keys;
    if (page.next === null) return;
    after = page.next;
  }
}
