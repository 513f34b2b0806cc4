import type { Clock } from "#shared/pace/clock";
import type { PauseAfter } from "#shared/table/table";

// One write of the row of names takes about 20 ms. Forty that come at once have to be told apart, and the last one is
// still to be answered in a few seconds.
const firstMs = 40;
const longestMs = 1_000;

/** A pause that grows with each loss, and of which each takes another part: `random` is 0 to 1. */
export const pauseAfterLoss =
  (clock: Pick<Clock, "sleep">, random: () => number): PauseAfter =>
  (losses) =>
    clock.sleep(random() * Math.min(longestMs, firstMs * 2 ** (losses - 1)));
