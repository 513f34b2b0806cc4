import type { Clock } from "#shared/pace/clock";

export interface VirtualClock extends Clock {
  date(): Date;
  /** Lets time pass, as fast as it goes, until `work` has ended. Throws when nothing is left to happen. */
  settle<T>(work: Promise<T>): Promise<T>;
}

interface Timer {
  at: number;
  wake: () => void;
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Time that moves only while everybody waits, from one moment that somebody waits for to the next. */
export const virtualClock = (start = Date.parse("2026-11-22T10:00:00.000Z")): VirtualClock => {
  let now = start;
  const timers: Timer[] = [];

  const insert = (timer: Timer) => {
    let index = timers.length;
    while (index > 0 && (timers[index - 1]?.at ?? 0) > timer.at) index -= 1;
    timers.splice(index, 0, timer);
  };

  return {
    now: () => now,
    date: () => new Date(now),
    sleep: (ms) => new Promise((resolve) => insert({ at: now + Math.max(0, ms), wake: resolve })),
    settle: async (work) => {
      let isOver = false;
      const end = work.finally(() => {
        isOver = true;
      });
      end.catch(() => undefined);
      for (;;) {
        await nextTurn();
        if (isOver) return end;
        const timer = timers.shift();
        if (!timer) throw new Error("Stuck: the work has not ended and waits for nothing");
        now = Math.max(now, timer.at);
        timer.wake();
      }
    },
  };
};
