import type { DueKey, Table } from "./table.ts";

const pageSize = 100;

interface Due {
  table: Pick<Table, "due">;
  kind: string;
  until: Date;
  hasTime: () => boolean;
}

/** Has every due key handled, a page at a time. One that fails keeps no other from its turn; its failure is thrown in the end. */
export const handleDue = async (
  { table, kind, until, hasTime }: Due,
  handle: (key: DueKey) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  for await (const keys of dueItems(table, kind, until, hasTime)) {
    const ends = await Promise.allSettled(keys.map(handle));
    failures.push(...ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : [])));
  }
  if (failures.length > 0) throw failures[0];
};

/**
 * Every key that is due, page by page, until the time is nearly up. Whoever handles a key moves its due time on, so a run that was
 * cut off is resumed by the next one where it stopped.
 */
async function* dueItems(
  table: Pick<Table, "due">,
  kind: string,
  until: Date,
  hasTime: () => boolean,
): AsyncGenerator<DueKey[]> {
  let after: DueKey | undefined;
  while (hasTime()) {
    const page = await table.due({ kind, until: until.toISOString(), limit: pageSize, ...(after ? { after } : {}) });
    if (page.keys.length > 0) yield page.keys;
    if (page.next === null) return;
    after = page.next;
  }
}
