import { setTimeout as delay } from "node:timers/promises";

interface Patience {
  /** What is still wrong, said once patience has run out: "no mail has come". */
  complaint: () => string;
  timeoutMs?: number;
  everyMs?: number;
}

/** Looks again and again until there is something to see; an error while looking ends the wait. */
export const waitFor = async <T>(
  look: () => Promise<T | undefined>,
  { complaint, timeoutMs = 180_000, everyMs = 200 }: Patience,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() >= deadline) throw new Error(`${complaint()} after ${Math.round(timeoutMs / 1000)} s`);
    await delay(everyMs);
  }
};
