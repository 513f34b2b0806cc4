import { describe, expect, it } from "vitest";
import { type Slots, tableSlots } from "#shared/pace/table-slots";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";

const now = Date.parse("2026-11-22T12:00:00.000Z");
const hour = 3_600_000;

/** One table, and machines whose clocks show that moment. */
const machines = () => {
  const table = inMemoryTable([]);
  const slotsAt = (ms: number) =>
    tableSlots(table, "vendor", { now: () => ms, sleep: async () => undefined }, callsPerSecond);
  return {
    worker: (ms: number) => slotsAt(ms).for({ class: "scheduled", taker: String(ms) }),
    look: (ms: number) => slotsAt(ms).for({ class: "low", taker: String(ms) }),
    person: (ms: number) => slotsAt(ms).for({ class: "person-call", taker: String(ms) }),
  };
};
const momentOf = async (slots: Slots): Promise<number> => {
  const answer = await slots.reserve(10);
  return "count" in answer ? answer.firstAt : answer.notBefore;
};

describe("a machine whose clock went an hour ahead", () => {
  it.each(["worker", "look", "person"] as const)("leaves the rate as it was, for a %s, too", async (kind) => {
    const its = machines();
    await its.worker(now + hour).reserve(10);

    expect(await momentOf(its[kind](now))).toBeLessThan(now + 100);
  });

  it("and was refused for the rate makes nobody else wait", async () => {
    const its = machines();
    await its.worker(now + hour).reserve(10);
    await its.worker(now + hour).slowDown(30_000);

    expect(await momentOf(its.worker(now))).toBe(now);
    await its.worker(now).slowDown(2_000);
    expect(await momentOf(its.person(now))).toBe(now + 2_000);
  });
});

it("the longest pause holds everybody to its end, and those in line after it", async () => {
  const its = machines();
  await its.worker(now).slowDown(60_000);

  expect(await momentOf(its.worker(now + 1_000))).toBeGreaterThanOrEqual(now + 59_000);
  expect(await momentOf(its.person(now + 1_000))).toBe(now + 60_000);
});
