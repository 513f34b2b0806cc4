import { expect, it } from "vitest";
import { runInThreads } from "./seed-threads.ts";
import { describeOutcome } from "./seeds.ts";
import { seedsPerFile } from "./seeds-per-file.ts";

it("keeps every invariant under seeded faults, part 1 of 2", { timeout: 600_000 }, async () => {
  const broken = await runInThreads({ from: 1 + 0 * seedsPerFile, seeds: seedsPerFile }, 1);

  expect(broken.slice(0, 5).map(describeOutcome)).toEqual([]);
});
