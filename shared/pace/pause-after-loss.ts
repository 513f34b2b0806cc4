import type { PauseAfter } from "../table/table.ts";
import type { Clock } from "./clock.ts";

// One write of such a row takes about 20 ms, a transaction of a hundred rows twice that. Forty that come at once have
// to be told apart, and the last one is still to be answered in a few seconds.
const firstMs = 40;
const longestMs = 1_000;

/**
 * For a row that many write at once. A pause that grows with each loss, and of which each takes another part: `random`
 * is 0 to 1.
 */
export const pauseAfterLoss =
  (clock: Pick<Clock, "sleep">, random: () => number): PauseAfter =>
  (losses) =>
    clock.sleep(random() * Math.min(longestMs, firstMs * 2 ** (losses - 1)));
