import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { LeaseLost, leaseMs, takeLease } from "#shared/exports/export-lease";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport } from "#shared/exports/usage-export";
import { serviceWorld } from "#test/fakes/service-world";

const startedRun = async () => {
  const world = serviceWorld();
  await world.connect();
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", mode: "full" });
  const place = { partnerId: world.partnerId, exportId: "run" };
  const take = (holder: string) => takeLease({ table: world.table, clock: world.clock, holder }, place);
  return { world, take };
};

describe("the lease of a run", () => {
  it("has one holder: another worker waits until it has ended", async () => {
    const { world, take } = await startedRun();
    await take("one");
    const before = world.clock.now();

    await world.clock.settle(take("two"));

    expect(world.clock.now() - before).toBeGreaterThanOrEqual(leaseMs);
  });

  it("lets the earlier holder write nothing after it was taken over", async () => {
    const { world, take } = await startedRun();
    const first = await take("one");
    await world.clock.settle(take("two"));

    await expect(first?.save((current) => ({ ...current, nextChunk: 9 }))).rejects.toThrow(LeaseLost);
    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({ nextChunk: 0 });
  });

  it("is not safe to send under shortly before its end, and is again once renewed", async () => {
    const { world, take } = await startedRun();
    const lease = await take("one");
    await world.clock.settle(world.clock.sleep(leaseMs - 5_000));
    expect(lease?.isSafe()).toBe(false);

    await lease?.keep();

    expect(lease?.isSafe()).toBe(true);
  });

  it("sees a person's cancellation with the next checkpoint and loses neither", async () => {
    const { world, take } = await startedRun();
    const lease = await take("one");
    const cancel = cancelExport(world.common);
    await cancel({ partnerId: world.partnerId, exportId: "run", by: world.by });

    await lease?.save((current) => ({ ...current, nextChunk: 1 }));

    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({ nextChunk: 1, stop: "cancelled" });
  });

  it("is not given for a run that is over or unknown", async () => {
    const { world, take } = await startedRun();
    await world.work();
    expect(await take("one")).toBeUndefined();
  });
});
