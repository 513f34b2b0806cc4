import * as z from "zod";
import { dueKinds } from "../../integrations/record/due-dates.ts";
import { readableOf, readRow } from "../../stored.ts";
import { type DueKey, type Item, type Key, store, type Table, versioned } from "../../table/table.ts";
import { readAdmission } from "./admission.ts";

const mark = z.object({ since: z.string(), partners: z.int() });

const stored = z.object({
  at: z.string(),
  /** How many partners have waited at least since then: some points of the line, the oldest first. */
  marks: z.array(mark),
  /** Lines that a run has to send on average, and that all of them together send in a second. */
  usualLines: z.number(),
  linesPerSecond: z.number(),
  version: z.number(),
});
/** How long the line of waiting partners was at a time. */
export type QueueEstimate = z.infer<typeof stored>;

const estimateKey: Key = { pk: "admission", sk: "estimate" };
const keysAtOnce = 1_000;
// a partner's place is told to about so many others
const partnersPerMark = 100;

const readable = (item: Item): QueueEstimate | undefined => readableOf([item], (row) => readRow(stored, row))[0];

/** Undefined as well where it cannot be read: everybody's page goes without it, and the next count replaces it. */
export const readQueueEstimate = async (table: Pick<Table, "get">): Promise<QueueEstimate | undefined> => {
  const item = await table.get(estimateKey);
  return item && readable(item);
};

/**
 * Counts who waits, for as long as there is time. Nothing is written while nobody waits, or somebody else has just
 * written.
 */
export const countQueue =
  ({ table, now, linesPerSecond }: { table: Table; now: () => Date; linesPerSecond: number }) =>
  async ({ hasTime }: { hasTime: () => boolean }): Promise<number> => {
    const at = now().toISOString();
    const before = await table.get(estimateKey);
    const since: string[] = [];
    // large ones first: there are few of them, and they count for more
    for (const line of [dueKinds.wantedLarge, dueKinds.wanted]) {
      let after: DueKey | undefined;
      do {
        const page = await table.due({
          ...line,
          until: at,
          limit: keysAtOnce,
          ...(after === undefined ? {} : { after }),
        });
        for (const { dueAt } of page.keys) since.push(dueAt);
        after = page.next ?? undefined;
      } while (after !== undefined && hasTime());
    }
    const partners = since.length;
    const marks = since
      .sort()
      .flatMap((moment, place) => (place % partnersPerMark === 0 ? [{ since: moment, partners: place }] : []));
    const told = before && readable(before);
    const isUntold = before !== undefined && told === undefined;
    if (partners > 0 || isUntold || (told?.marks.length ?? 0) > 0) {
      const { usualLines } = await readAdmission(table);
      const version = typeof before?.version === "number" ? before.version : 0;
      await store(table, versioned({ ...estimateKey, at, marks, usualLines, linesPerSecond, version })).catch(
        // whoever counted at the same time has written the same
        () => undefined,
      );
    }
    return partners;
  };

/** About how many lines of others are sent before those of a partner that has waited since then. */
export const linesAhead = ({ marks, usualLines }: QueueEstimate, since: string): number => {
  const passed = marks.findLast((point) => point.since <= since);
  return Math.round((passed?.partners ?? 0) * usualLines);
};
