import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import type { HistoryKind } from "./history/history.ts";
import { runInThreads } from "./seed-threads.ts";
import { describeOutcome } from "./seeds.ts";

// 17 and 54 ms of a core each: 102 and 40 s of two cores
const partners = Number(process.env.SIMULATION_SEEDS ?? 12_000);
const fleets = Number(process.env.SIMULATION_FLEETS ?? 1_500);

// in threads of its own, over all cores: the test runner gives a file one
const broken = async (kind: HistoryKind, seeds: number): Promise<string[]> =>
  (await runInThreads({ kind, from: 1, seeds }, availableParallelism())).slice(0, 5).map(describeOutcome);

describe("keeps every invariant", { timeout: 1_800_000 }, () => {
  it(`under ${partners} seeded histories of one partner`, async () => {
    expect(await broken("partner", partners)).toEqual([]);
  });

  it(`under ${fleets} seeded histories of a fleet`, async () => {
    expect(await broken("fleet", fleets)).toEqual([]);
  });
});
