import { AppError } from "../errors.ts";
import type { Clock } from "./clock.ts";

/** Consecutive moments, `periodMs` apart, each for one call. */
export interface SlotBlock {
  firstAt: number;
  periodMs: number;
  count: number;
}

/** Where all senders under one limiter key get their moments from. */
export interface Slots {
  /** The first moment is at least `leadMs` away. Null while nobody under this key may call at all. */
  reserve(count: number, leadMs?: number): Promise<SlotBlock | null>;
  /** Gradient answered 429: everybody pauses, then goes on more slowly for a while. */
  slowDown(retryAfterMs: number | null): Promise<void>;
}

export interface Pacer {
  /** Resolves at the moment when one call may go out: true; or false when none may any more. */
  slot(): Promise<boolean>;
  slowDown(retryAfterMs: number | null): Promise<void>;
  /** So many more calls are to come: moments are reserved for those and no others. */
  expect(calls: number): void;
}

// A moment that was missed by more than this is left unused: used late, it would fall together with the next ones and
// make a burst that a strict limit refuses. Timers are late by one or two milliseconds, a busy process by more.
const maxLateMs = 12;

// Where the table takes longer than a block lasts, the next block is reserved with a lead; otherwise no moment would
// ever be still to come. A pause of the process looks the same, so the lead is no longer than this: the moments in
// between are lost for everybody.
const maxLeadMs = 2000;
// after so many the table is out of order, and whoever waits should hear of it
const maxOverInARow = 5;

/**
 * Keeps one worker to the moments that it was given, in the order asked, and fetches the next block while one is being
 * used. A worker that says how many calls it has at most leaves all later moments to the others.
 */
export const pacer = (
  slots: Slots,
  clock: Clock,
  blockSize: number,
  calls: number = Number.POSITIVE_INFINITY,
): Pacer => {
  const moments: number[] = [];
  let coming: Promise<SlotBlock | null> | undefined;
  /** Calls after the one that waits for its moment. */
  let toCome = calls;
  /**
   * How far ahead the next block must begin: as long as a reservation takes, where blocks were over before they came.
   */
  let leadMs = 0;
  let overInARow = 0;

  const reserve = async (count: number): Promise<SlotBlock | null> => {
    const askedAt = clock.now();
    const block = await slots.reserve(count, leadMs);
    if (block === null) return null;
    const tookMs = Math.max(0, clock.now() - askedAt);
    const isOver = block.firstAt + (block.count - 1) * block.periodMs < clock.now() - maxLateMs;
    leadMs = Math.min(tookMs, isOver ? maxLeadMs : leadMs);
    overInARow = isOver ? overInARow + 1 : 0;
    if (overInARow > maxOverInARow) {
      throw new AppError("unavailable", "slots.over", "Every slot was over before its reservation was answered.");
    }
    return block;
  };

  const prefetch = (wanted: number): Promise<SlotBlock | null> => {
    coming ??= reserve(Math.min(blockSize, Math.max(1, wanted)));
    // whoever waits for the block hears of the failure
    coming.catch(() => undefined);
    return coming;
  };
  const refill = async () => {
    const block = prefetch(toCome + 1);
    try {
      const reserved = await block;
      if (reserved === null) return false;
      // a pause that came meanwhile has made the block worthless
      if (coming !== block) return true;
      const { firstAt, periodMs, count } = reserved;
      for (let index = 0; index < count; index += 1) moments.push(firstAt + index * periodMs);
      return true;
    } finally {
      if (coming === block) coming = undefined;
    }
  };

  const take = async (): Promise<boolean> => {
    toCome = Math.max(0, toCome - 1);
    for (;;) {
      const at = moments.shift();
      if (at === undefined) {
        if (!(await refill())) return false;
        continue;
      }
      const missing = toCome - moments.length;
      if (moments.length <= blockSize / 2 && missing > 0) void prefetch(missing);
      const waitMs = at - clock.now();
      if (waitMs < -maxLateMs) continue;
      if (waitMs > 0) await clock.sleep(waitMs);
      if (clock.now() - at <= maxLateMs) return true;
    }
  };
  let last: Promise<boolean> = Promise.resolve(true);

  return {
    slot: () => {
      last = last.then(take, take);
      return last;
    },
    expect: (more) => {
      toCome += more;
    },
    slowDown: async (retryAfterMs) => {
      // moments reserved before the pause would fall into it
      moments.length = 0;
      coming = undefined;
      await slots.slowDown(retryAfterMs);
    },
  };
};
