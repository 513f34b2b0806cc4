const secondMs = 1000;
const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;

interface Ladder {
  /** How long to wait for the first probe, for the second, and so on. */
  waitsMs: readonly [number, ...number[]];
  /** Once a probe is claimed, for the next one if its prober dies. */
  claimMs: number;
}

/** By what stands in the way. A file of its own: whoever only reads breakers has nothing of it in the bundle. */
export const ladders = {
  doubted: { waitsMs: [minuteMs], claimMs: minuteMs },
  refused: { waitsMs: [15 * minuteMs, hourMs, 4 * hourMs], claimMs: 5 * minuteMs },
  "vendor-key": { waitsMs: [5 * minuteMs], claimMs: 5 * minuteMs },
  "gradient-refuses": { waitsMs: [15 * minuteMs, hourMs, 4 * hourMs], claimMs: 5 * minuteMs },
  "gradient-down": {
    waitsMs: [15 * secondMs, 30 * secondMs, minuteMs, 2 * minuteMs, 5 * minuteMs],
    claimMs: 30 * secondMs,
  },
} satisfies Record<string, Ladder>;
