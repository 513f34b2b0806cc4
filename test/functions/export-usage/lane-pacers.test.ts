import { describe, expect, it } from "vitest";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { limiter } from "#shared/pace/limiter";
import { limiterKey } from "#shared/pace/table-slots";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";

const aWorker = (per: "vendor" | "partner" = "vendor") => {
  const clock = virtualClock();
  const table = inMemoryTable();
  const pacerFor = lanePacers({ table, clock, per, perSecond: callsPerSecond })("worker-1");
  const rowOf = async (name = "vendor") => limiter.parse(await table.get(limiterKey(name)));
  const takeOne = (run: Parameters<typeof pacerFor>[0]) => clock.settle(pacerFor(run).slot());
  return { pacerFor, rowOf, takeOne };
};
const aRun = (id: string, lane: "on-demand" | "scheduled", kind: "all" | "look" = "all") =>
  ({ id, partnerId: `partner-of-${id}`, lane, kind }) as const;

describe("one worker's runs", () => {
  it("share one pacer where nobody waits for them, so that many of them take no more than one", () => {
    const { pacerFor } = aWorker();
    expect(pacerFor(aRun("a", "scheduled"))).toBe(pacerFor(aRun("b", "scheduled")));
  });

  it("have a share each where people wait for them, also for a look", async () => {
    const { takeOne, rowOf } = aWorker();
    await takeOne(aRun("a", "on-demand"));
    await takeOne(aRun("b", "on-demand", "look"));
    const { takers } = await rowOf();
    expect(takers.map((taker) => taker.class)).toEqual(["on-demand", "on-demand"]);
    expect(takers[0]?.id).not.toBe(takers[1]?.id);
  });

  it("go behind all others where they only look", async () => {
    const { takeOne, rowOf } = aWorker();
    await takeOne(aRun("a", "scheduled", "look"));
    const { takers, lowAt } = await rowOf();
    expect(takers).toEqual([]);
    expect(lowAt).toBeGreaterThan(0);
  });

  it("have a row for each partner where Gradient counts for each", async () => {
    const { pacerFor, takeOne, rowOf } = aWorker("partner");
    expect(pacerFor(aRun("a", "scheduled"))).not.toBe(pacerFor(aRun("b", "scheduled")));
    expect(pacerFor(aRun("a", "scheduled"))).toBe(pacerFor(aRun("a", "scheduled")));
    await takeOne(aRun("a", "scheduled"));
    expect((await rowOf("partner#partner-of-a")).next).toBeGreaterThan(0);
  });
});
