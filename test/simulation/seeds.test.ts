import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { runInThreads } from "./seed-threads.ts";
import { describeOutcome } from "./seeds.ts";

// what a test run of four minutes has room for; `npm run simulate -- --seeds 100000` plays more
const seeds = Number(process.env.SIMULATION_SEEDS ?? 24_000);

// in threads of its own: on two cores the test runner works through one file at a time
it(`keeps every invariant under ${seeds} seeded histories of faults`, { timeout: 900_000 }, async () => {
  const broken = await runInThreads({ from: 1, seeds }, availableParallelism());

  expect(broken.slice(0, 5).map(describeOutcome)).toEqual([]);
});
