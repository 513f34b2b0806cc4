import type { DueKey, Table } from "./table.ts";

const pageSize = 100;

/**
 * Every key that is due, page by page, until the time is nearly up. Whoever handles a key moves its due time on, so a run that was
 * cut off is resumed by the next one where it stopped.
 */
export async function* dueItems(
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
