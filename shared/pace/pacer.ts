import { AppError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { SlotBlock } from "./limiter.ts";
import type { Slots } from "./table-slots.ts";

export interface Pacer {
  /**
   * Resolves when one call may go out, with the last moment at which it still may; or null when its turn comes too late
   * for its caller.
   */
  slot(): Promise<number | null>;
  slowDown(retryAfterMs: number | null): Promise<void>;
  /** So many more calls are to come, or fewer than was said: moments are reserved for those and no others. */
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

// The next block is fetched when the rest lasts no longer than the table may take to answer, and never with more than
// half of one left: what lies reserved here lies ahead of a person's first call.
const leastRefillMs = 30;

interface Options {
  /** How many calls are to come, as far as it is known now. */
  calls?: number;
  /** How long a call's turn may be away. */
  patienceMs?: number;
}

/**
 * Keeps one sender to the moments that it was given, in the order asked, and fetches the next block while one is being
 * used. A sender that says how many calls it has at most leaves all later moments to the others.
 */
export const pacer = (
  slots: Slots,
  clock: Clock,
  { calls = 0, patienceMs = Number.POSITIVE_INFINITY }: Options = {},
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
  let blockSize = 1;
  let refillMs = leastRefillMs;

  const noteAnswer = ({ firstAt, periodMs, count }: SlotBlock, tookMs: number) => {
    const isOver = firstAt + (count - 1) * periodMs < clock.now() - maxLateMs;
    leadMs = Math.min(tookMs, isOver ? maxLeadMs : leadMs);
    overInARow = isOver ? overInARow + 1 : 0;
    blockSize = count;
    // one slow answer does not make all later ones slow
    refillMs = Math.max(leastRefillMs, 2 * tookMs, 0.8 * refillMs);
    if (overInARow > maxOverInARow) {
      throw new AppError("unavailable", "slots.over", "Every slot was over before the table answered.");
    }
  };

  const reserve = async (count: number, patientUntil: number): Promise<SlotBlock | null> => {
    for (;;) {
      const askedAt = clock.now();
      const answer = await slots.reserve(count, leadMs);
      if ("count" in answer) {
        noteAnswer(answer, Math.max(0, clock.now() - askedAt));
        return answer;
      }
      if (answer.notBefore > patientUntil) return null;
      await clock.sleep(Math.max(1, answer.notBefore - clock.now()));
    }
  };

  const prefetch = (wanted: number, patientUntil: number): Promise<SlotBlock | null> => {
    coming ??= reserve(Math.max(1, wanted), patientUntil);
    // whoever waits for the block hears of the failure
    coming.catch(() => undefined);
    return coming;
  };
  const refill = async (patientUntil: number) => {
    const block = prefetch(toCome + 1, patientUntil);
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
  const isNearlyUsed = (): boolean => {
    const end = moments.at(-1);
    return end === undefined || (moments.length < (blockSize - 1) / 2 && end - clock.now() <= refillMs);
  };

  const take = async (): Promise<number | null> => {
    const patientUntil = clock.now() + patienceMs;
    toCome = Math.max(0, toCome - 1);
    for (;;) {
      const at = moments.shift();
      if (at === undefined) {
        if (!(await refill(patientUntil))) return null;
        continue;
      }
      const missing = toCome - moments.length;
      if (missing > 0 && isNearlyUsed()) void prefetch(missing, Number.POSITIVE_INFINITY);
      const waitMs = at - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs);
      if (clock.now() - at <= maxLateMs) return at + maxLateMs;
    }
  };
  let last: Promise<number | null> = Promise.resolve(null);

  return {
    slot: () => {
      last = last.then(take, take);
      return last;
    },
    expect: (more) => {
      toCome = Math.max(0, toCome + more);
    },
    slowDown: async (retryAfterMs) => {
      // moments reserved before the pause would fall into it
      moments.length = 0;
      coming = undefined;
      await slots.slowDown(retryAfterMs);
    },
  };
};
