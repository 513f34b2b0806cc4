import { setTimeout as delay } from "node:timers/promises";
import type { Terminal } from "./terminal.ts";

interface Patience {
  terminal: Pick<Terminal, "line">;
  /** What is still wrong, said once patience has run out: "no mail has come". */
  complaint: () => string;
  /** What is waited for, and what brings it, in whole sentences; said where nothing moves. */
  awaited: () => string;
  /** Nothing moves as long as this stays the same. */
  moved?: () => unknown;
  timeoutMs?: number;
  everyMs?: number;
}

/** So long may nothing move before a person is told why. */
const quietMs = 6_000;
const toldAgainMs = 30_000;

/** The moment that is so far from now, to the next whole second, as a clock on the wall has it in UTC. */
export const clockIn = (ms: number): string =>
  `${new Date(Math.ceil((Date.now() + ms) / 1000) * 1000).toISOString().slice(11, 19)} UTC`;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/**
 * Looks again and again until there is something to see; an error while looking ends the wait. Where nothing moves for
 * some seconds it says what is waited for, and for how long, and now and then that it still waits.
 */
export const waitFor = async <T>(
  look: () => Promise<T | undefined>,
  { terminal, complaint, awaited, moved = () => undefined, timeoutMs = 180_000, everyMs = 200 }: Patience,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  let [last, movedAt, told, toldAt] = [moved(), performance.now(), "", 0];
  const sayWhyNothingMoves = () => {
    const now = performance.now();
    if (moved() !== last) [last, movedAt, told] = [moved(), now, ""];
    const stillMs = now - movedAt;
    if (stillMs < quietMs) return;
    const words = awaited();
    if (words === told && now < toldAt + toldAgainMs) return;
    const until = clockIn(deadline - now);
    if (words === told) terminal.line(`  … Nothing has moved for ${seconds(stillMs)}; the demo waits until ${until}.`);
    else terminal.line(`  … Nothing has moved for ${seconds(stillMs)}. ${words} The demo waits until ${until}.`);
    [told, toldAt] = [words, now];
  };
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() >= deadline) throw new Error(`${complaint()} after ${seconds(timeoutMs)}`);
    sayWhyNothingMoves();
    await delay(everyMs);
  }
};
