import * as z from "zod";
import { logger } from "#shared/logger";
import { readRow } from "#shared/stored";
import { isConflict, type Key, store, type Table, versioned } from "#shared/table/table";

/**
 * Of Gradient's rate, what looks may take that nobody has asked for: below a tenth, what they have guessed wrong
 * included.
 */
export const lookShare = 0.09;
const tickMs = 60_000;

const key: Key = { pk: "looks", sk: "budget" };
/** Until when, in milliseconds since 1970, the share of the rate has been given away. */
const stored = z.object({ freeAt: z.number(), version: z.number() });

interface Dependencies {
  table: Pick<Table, "get" | "put">;
  now: () => Date;
  callsPerSecond: number;
}

export interface LookBudget {
  /** Whether a look that costs so many calls may go out in this tick. */
  take(calls: number): Promise<boolean>;
  /** Gives back what this tick has not used. */
  settle(): Promise<void>;
}

/**
 * Keeps all looks together, however many partners there are, to their share of the rate. One row says until when it is
 * given away: a tick claims the minute to come, and gives back what it leaves over. A look that costs more than is left
 * goes out and makes the next ticks wait, so that a large one has its turn under a small rate, too.
 */
export const lookBudget = ({ table, now, callsPerSecond }: Dependencies): LookBudget => {
  const callsPerMs = (callsPerSecond * lookShare) / 1000;

  const claim = async () => {
    const item = await table.get(key);
    const { freeAt, version } = item ? readRow(stored, item) : { freeAt: 0, version: 0 };
    const time = now().getTime();
    const end = time + tickMs;
    const left = (end - Math.max(freeAt, time)) * callsPerMs;
    if (left <= 0) return undefined;
    try {
      await store(table, versioned({ ...key, freeAt: end, version }));
    } catch (error) {
      if (!isConflict(error)) throw error;
      // another tick has the minute
      return undefined;
    }
    return { left, end, version: version + 1 };
  };
  let claimed: ReturnType<typeof claim> | undefined;

  return {
    take: async (calls) => {
      claimed ??= claim();
      const budget = await claimed;
      if (budget === undefined || budget.left <= 0) return false;
      budget.left -= calls;
      return true;
    },
    settle: async () => {
      const budget = await claimed;
      if (budget === undefined) return;
      const freeAt = budget.end - budget.left / callsPerMs;
      await store(table, versioned({ ...key, freeAt, version: budget.version })).catch((error: unknown) => {
        if (!isConflict(error)) throw error;
        logger.warn("another tick has claimed the looks' share of the rate", {});
      });
    },
  };
};
