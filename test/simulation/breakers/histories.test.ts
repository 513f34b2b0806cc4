import { expect, it } from "vitest";
import { describeOutcome, playMany } from "./histories.ts";

const seeds = Number(process.env.BREAKER_HISTORIES ?? 6000);

it(`keeps every rule in ${seeds} seeded histories`, { timeout: 3_600_000 }, async () => {
  const broken = await playMany({ from: 1, seeds }, 5);

  expect(broken.slice(0, 5).map(describeOutcome)).toEqual([]);
});
