import type { dueKinds } from "../../integrations/record/due-dates.ts";
import type { DueKey, Table } from "../../table/table.ts";

type Kind = (typeof dueKinds)[keyof typeof dueKinds];

const keysAtOnce = 25;

/** All keys of one line that are due, in their order, each page read when it is needed. */
async function* keysOf(table: Pick<Table, "due">, kind: Kind, until: string): AsyncGenerator<DueKey, undefined> {
  let after: DueKey | undefined;
  for (;;) {
    const { keys, next } = await table.due({ ...kind, until, limit: keysAtOnce, ...(after ? { after } : {}) });
    yield* keys;
    if (next === null) return;
    after = next;
  }
}

/** The keys of several lines that are due, whoever has waited longest first. The caller stops when it has enough. */
export async function* candidateKeys(
  table: Pick<Table, "due">,
  kinds: readonly Kind[],
  until: string,
): AsyncGenerator<DueKey, undefined> {
  const lines = kinds.map((kind) => keysOf(table, kind, until));
  const heads = await Promise.all(lines.map((line) => line.next()));
  for (;;) {
    let first: { place: number; key: DueKey } | undefined;
    for (const [place, { value: key }] of heads.entries()) {
      if (key && (!first || key.dueAt < first.key.dueAt)) first = { place, key };
    }
    if (!first) return;
    yield first.key;
    const next = await lines[first.place]?.next();
    if (next) heads[first.place] = next;
  }
}
