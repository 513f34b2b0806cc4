import { describe, expect, it } from "vitest";
import type { Happening, History } from "../history/history.ts";
import { simulate } from "../simulate.ts";
import { calmHistory } from "./calm-history.ts";

const minuteMs = 60_000;

/**
 * For a minute Gradient answers 503, and keeps every fifth number nevertheless. Meanwhile a customer is removed, and is
 * back without a number before Gradient answers again.
 */
const backWithoutNumber = (seed: number, ...more: Happening[]): History => ({
  ...calmHistory({ customers: 1, dueInMs: 12 * 60 * minuteMs }, 2),
  seed,
  badDays: [{ kind: "down", from: 0, until: minuteMs, partner: null }],
  happenings: [
    { at: 5_000, partner: 0, deed: { does: "send", mode: "changes" } },
    { at: 40_000, partner: 0, deed: { does: "remove", customer: 0 } },
    { at: 50_000, partner: 0, deed: { does: "remove", customer: 0 } },
    ...more,
  ],
});
const measuredAt = (at: number): Happening[] =>
  [0, 1].map((service) => ({ at, partner: 0, deed: { does: "measure", customer: 0, service, unitCount: 3 } }));

/** The histories of several seeds: in some of them Gradient keeps a number, and none that rebuilds its views. */
const broken = async (happenings: Happening[]): Promise<string[]> => {
  const faults: string[] = [];
  for (let seed = 1; seed <= 30; seed += 1) faults.push(...(await simulate(backWithoutNumber(seed, ...happenings))));
  return faults;
};

describe("a number that Gradient has kept and answered with 503, of a customer that is back without one", () => {
  it("waits for the customer's next number: the hub has none that could be sent", async () => {
    expect(await broken([])).toEqual([]);
  });

  it("is shown with that", async () => {
    expect(await broken(measuredAt(10 * minuteMs))).toEqual([]);
  });
});
