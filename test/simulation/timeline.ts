/** What happens next, in virtual milliseconds since 1970. Nothing happens by itself: `run` works it off in order. */
export interface Timeline {
  now(): number;
  /** `wakes` says that some promise is settled by it, so that whoever waits for it goes on before the next event. */
  at(time: number, happen: () => void, wakes: boolean): void;
  /** Until nothing is left to happen, or nothing before `until`. */
  run(until?: number): Promise<void>;
  /** Lets time pass without an event. */
  skip(ms: number): void;
}

interface Event {
  at: number;
  happen: () => void;
  wakes: boolean;
}

// every promise that can go on has gone on before an immediate runs
const everybodyWaits = () => new Promise<void>((resolve) => setImmediate(resolve));

// far more than the longest run needs: something goes round in circles
const maxEvents = 200_000;

export const timeline = (start: number): Timeline => {
  let now = start;
  let happened = 0;
  /** Latest first. */
  const events: Event[] = [];

  return {
    now: () => now,
    at: (time, happen, wakes) => {
      const event = { at: Math.max(time, now), happen, wakes };
      let index = events.length;
      // of two at the same time the earlier entered happens first
      while (index > 0 && (events[index - 1]?.at ?? 0) <= event.at) index -= 1;
      events.splice(index, 0, event);
    },
    run: async (until = Number.POSITIVE_INFINITY) => {
      await everybodyWaits();
      for (;;) {
        const next = events.at(-1);
        if (next === undefined || next.at > until) return;
        events.pop();
        now = Math.max(now, next.at);
        next.happen();
        if (next.wakes) await everybodyWaits();
        happened += 1;
        if (happened > maxEvents) throw new Error("Too many events: something goes round in circles");
      }
    },
    skip: (ms) => {
      now += ms;
    },
  };
};
