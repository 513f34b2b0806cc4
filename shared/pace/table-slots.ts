import { createHash } from "node:crypto";
import { oneAfterTheOther } from "../one-after-the-other.ts";
import { readRow } from "../stored.ts";
import { isConflict, type Key, store, type Table, versioned, written } from "../table/table.ts";
import type { Clock } from "./clock.ts";
import { grant } from "./grant.ts";
import {
  believed,
  type CallClass,
  type Decision,
  freshLimiter,
  type Limiter,
  limiter,
  type NotBefore,
  type SlotBlock,
  slowedDown,
} from "./limiter.ts";

/** Where one sender gets its moments from. */
export interface Slots {
  /** Up to `count` moments, the first of them at least `leadMs` away; or when to ask again. */
  reserve(count: number, leadMs?: number): Promise<SlotBlock | NotBefore>;
  /** Gradient answered 429: everybody pauses, then goes on more slowly for a while. */
  slowDown(retryAfterMs: number | null): Promise<void>;
}

export interface Taker {
  class: CallClass;
  /** Which run, worker or partner takes them. */
  taker: string;
}

export const limiterKey = (name: string): Key => ({ pk: `limiter#${name}`, sk: "slots" });

/** Whom Gradient counts its limit for is not documented, so it is a setting. */
export const limiterName = (per: "vendor" | "partner", partnerId: string): string =>
  per === "vendor" ? "vendor" : `partner#${partnerId}`;

/** A name for the row, which is written with every block. */
const takerName = (id: string): string => createHash("sha256").update(id).digest("base64url").slice(0, 8);

// A run that a person waits for goes ahead for so many calls, most runs' whole length. After that it is one among those
// that nobody waits for: five partners who press *full* in a loop keep nobody waiting.
const priorityCalls = 500;

/**
 * Slots out of one row per limiter key, `perSecond` for all workers together: a reservation is one conditional write,
 * whoever loses the race reads and tries again. Exact for any number of workers, and nothing is written while nothing
 * is sent.
 */
export const tableSlots = (table: Pick<Table, "get" | "put">, name: string, clock: Clock, perSecond: number) => {
  const key = limiterKey(name);
  let known: Limiter = freshLimiter;
  // Somebody else reserves, too. Then a look comes first: it costs a fifth of a write that is refused.
  let isShared = true;

  const look = async () => {
    const item = await table.get(key);
    const newest = item ? readRow(limiter, item) : freshLimiter;
    isShared = newest.version !== known.version;
    known = newest;
  };
  const keep = async (value: Limiter) => {
    // code of before the breakers looks there for a word that nobody may call
    await store(table, versioned({ ...value, blockedSince: null, ...key }));
    known = written(value);
  };
  const decideAndKeep = async <T>(decide: (current: Limiter, now: number) => Decision<T>): Promise<T> => {
    if (isShared) await look();
    for (;;) {
      const now = clock.now();
      const decision = decide(believed(known, now, perSecond), now);
      try {
        if (decision.value) await keep(decision.value);
        else isShared = true;
        return decision.result;
      } catch (error) {
        if (!isConflict(error)) throw error;
        await look();
      }
    }
  };
  // the senders of one process get into each other's way no more than they must
  const inTurn = oneAfterTheOther();
  const change = <T>(decide: (current: Limiter, now: number) => Decision<T>): Promise<T> =>
    inTurn(() => decideAndKeep(decide));

  return {
    for: ({ class: its, taker: id }: Taker): Slots => {
      const taker = takerName(id);
      let granted = 0;
      return {
        reserve: async (count, leadMs = 0) => {
          const asking = {
            class: its === "on-demand" && granted >= priorityCalls ? "scheduled" : its,
            taker,
            count,
            leadMs,
          } as const;
          const result = await change((current, now) => grant(current, asking, { now, perSecond }));
          if ("count" in result) granted += result.count;
          return result;
        },
        slowDown: (retryAfterMs) => change((current, now) => slowedDown(current, retryAfterMs, now)),
      };
    },
  };
};

export interface Rate {
  table: Pick<Table, "get" | "put">;
  clock: Clock;
  /** Whom Gradient counts its limit for. */
  per: "vendor" | "partner";
  /** What everybody under one such key sends together. */
  perSecond: number;
}

/** The slots for calls of one partner. */
export const slotsOf = ({ table, clock, per, perSecond }: Rate) => {
  const byName = new Map<string, ReturnType<typeof tableSlots>>();
  return (partnerId: string) => {
    const name = limiterName(per, partnerId);
    const known = byName.get(name) ?? tableSlots(table, name, clock, perSecond);
    // one for each partner would grow without end in a worker that lives long
    if (per === "vendor") byName.set(name, known);
    return known;
  };
};
