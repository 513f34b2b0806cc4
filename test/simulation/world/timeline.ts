/** What happens next, in virtual milliseconds since 1970. Nothing happens by itself: `run` works it off in order. */
export interface Timeline {
  now(): number;
  /** How much has happened until now. */
  events(): number;
  /** `wakes` says that some promise is settled by it, so that whoever waits for it goes on before the next event. */
  at(time: number, happen: () => void, wakes: boolean): void;
  /** Up to that moment, whatever is left to happen after it. */
  run(until: number): Promise<void>;
}

interface Event {
  at: number;
  happen: () => void;
  wakes: boolean;
}

// as many as share one turn of the event loop, which costs as much as a dozen events
const stepsAtOnce = 16;

// far more than the longest history needs: something goes round in circles
const maxEvents = 400_000;

export const timeline = (start: number): Timeline => {
  let now = start;
  let happened = 0;
  /** Latest first. */
  const events: Event[] = [];

  return {
    now: () => now,
    events: () => happened,
    at: (time, happen, wakes) => {
      const event = { at: Math.max(time, now), happen, wakes };
      let index = events.length;
      // of two at the same time the earlier entered happens first
      while (index > 0 && (events[index - 1]?.at ?? 0) <= event.at) index -= 1;
      events.splice(index, 0, event);
    },
    run: (until) =>
      new Promise((resolve, reject) => {
        let isOver = false;
        let entered = 0;
        /** Up to the next event that wakes somebody, or to the end: then true. */
        const goOn = (): boolean => {
          for (;;) {
            const next = events.at(-1);
            if (next === undefined || next.at > until) {
              now = Math.max(now, until);
              return true;
            }
            events.pop();
            now = Math.max(now, next.at);
            next.happen();
            happened += 1;
            if (happened > maxEvents) throw new Error("too many events: something goes round in circles");
            if (next.wakes) return false;
          }
        };
        // between two immediates every promise that can go on goes on
        const step = () => {
          entered -= 1;
          if (isOver) return;
          try {
            isOver = goOn();
          } catch (error) {
            isOver = true;
            reject(error);
          }
          if (isOver) resolve();
          else if (entered === 0) enter();
        };
        const enter = () => {
          for (; entered < stepsAtOnce; entered += 1) setImmediate(step);
        };
        enter();
      }),
  };
};
