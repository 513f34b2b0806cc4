import type { Clock } from "#shared/pace/clock";

interface Timer {
  at: number;
  /** Timers of one moment go off in the order in which they were set. */
  order: number;
  wake: () => void;
}

export interface FleetClock extends Clock {
  date(): Date;
  /** Calls `work` then; `at` is milliseconds since 1970. */
  at(at: number, work: () => void): void;
  /** Lets time pass until then, or until `isOver`. */
  runUntil(at: number, isOver?: () => boolean): Promise<void>;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Time that moves only while everybody waits. A heap, since thousands wait at a time; one turn of the loop for each
 * moment.
 */
export const fleetClock = (start: number): FleetClock => {
  let now = start;
  let orders = 0;
  const heap: Timer[] = [];

  const push = (timer: Timer): void => {
    let place = heap.length;
    heap.push(timer);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(timer, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = timer;
  };
  const pop = (): Timer | undefined => {
    const [first, last] = [heap[0], heap.pop()];
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (a === undefined) break;
      const [child, below] = b !== undefined && isBefore(b, a) ? [left + 1, b] : [left, a];
      if (!isBefore(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
    return first;
  };
  const set = (at: number, wake: () => void): void => {
    orders += 1;
    push({ at: Math.max(now, at), order: orders, wake });
  };

  return {
    now: () => now,
    date: () => new Date(now),
    sleep: (ms) => new Promise((resolve) => set(now + ms, resolve)),
    at: set,
    runUntil: async (end, isOver = () => false) => {
      for (;;) {
        await nextTurn();
        if (isOver()) return;
        const first = heap[0];
        if (first === undefined || first.at > end) {
          now = Math.max(now, end);
          return;
        }
        now = first.at;
        while (heap[0] !== undefined && heap[0].at <= now) pop()?.wake();
      }
    },
  };
};
