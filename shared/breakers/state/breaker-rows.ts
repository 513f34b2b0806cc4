import { UnreadableRecord } from "../../errors.ts";
import type { Clock } from "../../pace/clock.ts";
import { isConflict, store, type Table, type Write, written } from "../../table/table.ts";
import { type Breaker, breakerWrite, findBreaker, isOpen, vendorBreaker } from "./breaker.ts";

// how long calls may go on after somebody else has opened a breaker; one read a second is what it costs
const keptMs = 1000;
// a process that lives for long meets many partners
const maxKept = 500;

/** The breakers' rows, and what this process has read or written of them within the last second. */
export const breakerRows = (table: Pick<Table, "get" | "put" | "transact">, clock: Clock) => {
  const kept = new Map<string, { row: Promise<Breaker>; until: number }>();

  const keep = (key: string, row: Promise<Breaker>) => {
    if (kept.size >= maxKept) kept.clear();
    kept.set(key, { row, until: clock.now() + keptMs });
  };
  const read = (key: string): Promise<Breaker> => {
    const row = findBreaker(table, key);
    keep(key, row);
    // whoever waits for it hears of the failure
    row.catch(() => kept.delete(key));
    return row;
  };
  const forgetting = async (rows: Breaker[], write: Promise<void>): Promise<void> => {
    try {
      await write;
    } finally {
      // after a failure nobody knows what they hold
      for (const { key } of rows) kept.delete(key);
    }
  };

  return {
    read,
    /** As it was a second ago at most. */
    recent: (key: string): Promise<Breaker> => {
      const known = kept.get(key);
      return known !== undefined && clock.now() < known.until ? known.row : read(key);
    },
    /** The row as it stands then. Throws `table.conflict` where somebody else has written it since it was read. */
    put: async (row: Breaker): Promise<Breaker> => {
      await forgetting([row], store(table, breakerWrite(row)));
      const stored = written(row);
      keep(row.key, Promise.resolve(stored));
      return stored;
    },
    /** All of these rows, or none. */
    transact: (rows: Breaker[], more: Write[] = []): Promise<void> =>
      forgetting(rows, table.transact([...rows.map(breakerWrite), ...more])),
    forget: (key: string): void => void kept.delete(key),
  };
};
export type BreakerRows = ReturnType<typeof breakerRows>;

/**
 * Our own breaker while it stands in the way of probes of partners. One that cannot be read does not: what a partner is
 * told then is worth as much, and whoever probes our own says so.
 */
export const vendorInTheWay = async (rows: Pick<BreakerRows, "recent">): Promise<Breaker | undefined> => {
  try {
    const vendor = await rows.recent(vendorBreaker);
    return isOpen(vendor) ? vendor : undefined;
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    return undefined;
  }
};

/** `otherwise`, where somebody else has written the row meanwhile: then that is what counts. */
export const unlessLost = async <T>(otherwise: T, write: () => Promise<T>): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    if (!isConflict(error)) throw error;
    return otherwise;
  }
};
