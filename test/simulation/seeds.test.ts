import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { runInThreads } from "./seed-threads.ts";
import { describeOutcome } from "./seeds.ts";

const seeds = Number(process.env.SIMULATION_SEEDS ?? 100_000);

// in threads of its own, over all cores: the test runner gives a file one
it(`keeps every invariant under ${seeds} seeded histories of faults`, { timeout: 900_000 }, async () => {
  const broken = await runInThreads({ from: 1, seeds }, availableParallelism());

  expect(broken.slice(0, 5).map(describeOutcome)).toEqual([]);
});
