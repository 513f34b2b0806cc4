import type { Call } from "../gradient/call.ts";
import type { Accuse } from "../gradient/watch.ts";

// A moment that was missed by this is still used, so that two seconds' edges may fall together.
const lateMs = 12;
const windowMs = 1_000;
const keptMs = 20 * windowMs;
// calls of persons that go ahead of the others
const borrowed = 3;

/**
 * Counts every request to Gradient, whoever makes it, by the clock of its sender: slots are moments by those clocks, so
 * no second of them may hold more requests than the rate, and a few that were borrowed.
 */
export const rateWatch = (perSecond: number, accuse: Accuse) => {
  /** Earliest first. */
  const sent: { at: number; by: string }[] = [];
  const atMost = Math.ceil((perSecond * (windowMs + lateMs)) / windowMs) + borrowed;
  let count = 0;

  return {
    calls: () => count,
    sent: ({ stampedAt: at, by }: Call): void => {
      count += 1;
      let place = sent.length;
      while (place > 0 && (sent[place - 1]?.at ?? 0) > at) place -= 1;
      sent.splice(place, 0, { at, by: by.name });
      const until = place + atMost;
      // this one and the `atMost` around it must not share a second
      for (let first = Math.max(0, place - atMost); first <= place && first + atMost < sent.length; first += 1) {
        const [from, to] = [sent[first], sent[first + atMost]];
        if (from && to && to.at - from.at < windowMs && first + atMost <= until) {
          accuse("rate", `${atMost + 1} requests within ${to.at - from.at} ms, the last by ${by.name}`);
          break;
        }
      }
      while (sent.length > 0 && (sent[0]?.at ?? 0) < at - keptMs) sent.shift();
    },
  };
};

export type RateWatch = ReturnType<typeof rateWatch>;
