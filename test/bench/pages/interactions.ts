import type { Page } from "playwright-core";

/*
 * The browser's own measure: from the press to the paint after it, in steps of 8 ms, and only what took 16 ms or more.
 * A press has several events of one `interactionId`; the longest of them counts.
 */
const watch = `
  globalThis.longest = new Map();
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (!interactionId) continue;
      longest.set(interactionId, Math.max(duration, longest.get(interactionId) ?? 0));
    }
  }).observe({ type: "event", durationThreshold: 16 });
`;

/** Begins to note how long each press takes. */
export const watchInteractions = async (page: Page): Promise<void> => {
  await page.evaluate(watch);
};

/** Milliseconds to the next paint of every press so far that took 16 ms or more, the shortest first. */
export const interactionsIn = async (page: Page): Promise<number[]> => {
  await page.waitForTimeout(500);
  const found = await page.evaluate<number[]>("[...longest.values()]");
  return found.sort((one, other) => one - other);
};
