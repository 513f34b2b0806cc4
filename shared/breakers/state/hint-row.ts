import * as z from "zod";
import { readableOf, readRow } from "../../stored.ts";
import { type Key, store, type Table, versioned } from "../../table/table.ts";

const withVersion = z.object({ version: z.number() });

/**
 * One row that is a hint and no record: where it cannot be read, it tells nothing, and the next write makes it anew,
 * whatever stands there. `at` is what `write` holds on to: it throws `table.conflict` where somebody else has written.
 */
export const hintRow = <S extends z.ZodObject>(
  table: Pick<Table, "get" | "put">,
  { key, holds, none }: { key: Key; holds: S; none: z.output<S> },
) => ({
  read: async (): Promise<{ value: z.output<S>; at: number | null }> => {
    const item = await table.get(key);
    if (!item) return { value: none, at: 0 };
    const [found] = readableOf([item], (row) => ({
      value: readRow(holds, row),
      at: readRow(withVersion, row).version,
    }));
    return found ?? { value: none, at: null };
  },
  write: (value: z.input<S>, at: number | null): Promise<void> =>
    at === null
      ? table.put({ ...value, ...key, version: 1 })
      : store(table, versioned({ ...value, ...key, version: at })),
});
