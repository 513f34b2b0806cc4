import * as z from "zod";
import { readRow } from "../stored.ts";
import { isConflict, type Key, store, type Table, versioned, written } from "../table/table.ts";
import type { Clock } from "./clock.ts";
import type { Slots } from "./pacer.ts";

const limiter = z.object({
  /** The first moment that nobody has yet, in milliseconds since 1970. */
  next: z.number(),
  /** How many times longer the period was made after the last refusal. */
  slowness: z.number(),
  slowedAt: z.number(),
  /** Gradient refused all calls (403); an operator clears it. */
  blockedSince: z.string().nullable(),
  version: z.number(),
});
type Limiter = z.infer<typeof limiter>;

const fresh: Limiter = { next: 0, slowness: 1, slowedAt: 0, blockedSince: null, version: 0 };

export const limiterKey = (name: string): Key => ({ pk: `limiter#${name}`, sk: "slots" });

// Gradient names no wait. A second empties its window; the rate then climbs back within half a minute.
const pauseMs = 1000;
const recoveryMs = 30_000;
const slowdownPerRefusal = 0.5;
const maxSlowness = 4;
// Longer than any sensible Retry-After for a limit by the second; a senseless one must not stop everybody for hours.
const maxPauseMs = 60_000;

/** How many times longer the period is now: the slowness of the last refusal fades out evenly. */
const stretch = ({ slowness, slowedAt }: Limiter, now: number): number => {
  const left = Math.max(0, 1 - (now - slowedAt) / recoveryMs);
  return 1 + (slowness - 1) * left;
};

/**
 * Slots out of one row per limiter key, `perSecond` for all workers together: a reservation is one conditional write, whoever
 * loses the race reads and tries again.
 * Exact for any number of workers, and nothing is written while nothing is sent.
 */
export const tableSlots = (table: Pick<Table, "get" | "put">, name: string, clock: Clock, perSecond: number) => {
  const key = limiterKey(name);
  let known: Limiter = fresh;
  // Somebody else reserves, too. Then a look comes first: it costs a fifth of a write that is refused.
  let isShared = true;

  const look = async () => {
    const item = await table.get(key);
    const newest = item ? readRow(limiter, item) : fresh;
    isShared = newest.version !== known.version;
    known = newest;
  };
  const keep = async (value: Limiter) => {
    await store(table, versioned({ ...value, ...key }));
    known = written(value);
  };
  const change = async <T>(decide: (current: Limiter) => { value?: Limiter; result: T }): Promise<T> => {
    if (isShared) await look();
    for (;;) {
      const decision = decide(known);
      try {
        if (decision.value) await keep(decision.value);
        return decision.result;
      } catch (error) {
        if (!isConflict(error)) throw error;
        await look();
      }
    }
  };

  return {
    perSecond,
    reserve: (count: number, leadMs = 0) =>
      change((current) => {
        if (current.blockedSince !== null) return { result: null };
        const now = clock.now();
        const period = (1000 / perSecond) * stretch(current, now);
        const firstAt = Math.max(current.next, now + leadMs);
        return {
          value: { ...current, next: firstAt + count * period },
          result: { firstAt, periodMs: period, count },
        };
      }),
    slowDown: (retryAfterMs: number | null) =>
      change((current) => {
        const now = clock.now();
        // calls that were under way together are refused together: one of them is enough
        if (now - current.slowedAt < pauseMs) return { result: undefined };
        return {
          value: {
            ...current,
            next: Math.max(current.next, now + Math.min(retryAfterMs ?? pauseMs, maxPauseMs)),
            slowness: Math.min(maxSlowness, stretch(current, now) + slowdownPerRefusal),
            slowedAt: now,
          },
          result: undefined,
        };
      }),
    /** Nobody under this key gets another slot until an operator deletes the row. */
    block: (since: string) => change((current) => ({ value: { ...current, blockedSince: since }, result: undefined })),
  } satisfies Slots & { perSecond: number; block: (since: string) => Promise<void> };
};

export type TableSlots = ReturnType<typeof tableSlots>;

/** Whom Gradient counts its limit for is not documented, so it is a setting. */
export const limiterName = (per: "vendor" | "partner", partnerId: string): string =>
  per === "vendor" ? "vendor" : `partner#${partnerId}`;
