import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { LeaseLost, leaseMs, newHold, takeLease } from "#shared/exports/export-lease";
import { exportWrite } from "#shared/exports/usage-export";
import { connectedWorld, exportOf, start } from "#test/builders/connected-world";
import { owedTasks } from "#test/builders/table";

const startedRun = async () => {
  const world = await connectedWorld([]);
  const run = await start(world);
  const place = { partnerId: world.partnerId, exportId: run.id };
  const ask = (holder: string) => takeLease({ table: world.table, clock: world.clock, holder }, place);
  const take = async (holder: string) => {
    const lease = await ask(holder);
    if (typeof lease === "string") throw new Error(lease);
    return lease;
  };
  return { world, run, ask, take };
};

describe("the lease of a run", () => {
  it("has one holder: another worker leaves the run to it until it has ended", async () => {
    const { world, ask, take } = await startedRun();
    await take("one");
    await world.pass(leaseMs - 1);
    expect(await ask("two")).toBe("carried-elsewhere");

    await world.pass(1);

    expect(await ask("two")).toMatchObject({ save: expect.any(Function) });
  });

  it("is had by one of two workers that ask at the same moment", async () => {
    const { ask } = await startedRun();

    const answers = await Promise.all([ask("one"), ask("two")]);

    expect(answers.filter((answer) => answer === "carried-elsewhere")).toHaveLength(1);
  });

  it("is the worker's own where the run was admitted with it", async () => {
    const { world, run, ask } = await startedRun();
    await world.table.transact([exportWrite({ ...run, lease: newHold("one", world.clock.now()) })]);

    expect((await ask("one")) === "carried-elsewhere").toBe(false);
    expect(await ask("two")).toBe("carried-elsewhere");
  });

  it("lets the earlier holder write nothing after it was taken over", async () => {
    const { world, run, take } = await startedRun();
    const first = await take("one");
    await world.pass(leaseMs);
    await take("two");

    await expect(first.save((current) => ({ ...current, nextChunk: 9 }))).rejects.toThrow(LeaseLost);
    expect(await exportOf(world, run)).toMatchObject({ nextChunk: 0, lease: { holder: "two" } });
  });

  it("keeps a change for the next write, whoever else has written the run meanwhile", async () => {
    const { world, run, take } = await startedRun();
    const lease = await take("one");
    const { version } = lease.current();
    lease.amend((current) => ({ ...current, nextChunk: 9 }));

    expect(lease.current()).toMatchObject({ nextChunk: 9, version });
    expect(await exportOf(world, run)).toMatchObject({ nextChunk: 0, version });
    await cancelExport(world.common)({ ...world, exportId: run.id });
    expect(await lease.reread()).toMatchObject({ nextChunk: 9, stop: "cancelled" });
    await lease.save((current) => ({ ...current, leg: 3 }));

    expect(await exportOf(world, run)).toMatchObject({ nextChunk: 9, stop: "cancelled", leg: 3 });
    await world.pass(leaseMs);
    await take("two");
    await expect(lease.reread()).rejects.toThrow(LeaseLost);
  });

  it("is not safe to send under shortly before its end, and is again once renewed", async () => {
    const { world, take } = await startedRun();
    const lease = await take("one");
    await world.pass(leaseMs - 5_000);
    expect(lease.isSafe()).toBe(false);

    await lease.keep();

    expect(lease.isSafe()).toBe(true);
  });

  it("sees a person's cancellation with the next checkpoint and loses neither", async () => {
    const { world, run, take } = await startedRun();
    const lease = await take("one");
    await cancelExport(world.common)({ partnerId: world.partnerId, exportId: run.id, by: world.by });

    await lease.save((current) => ({ ...current, nextChunk: 1 }));

    expect(await exportOf(world, run)).toMatchObject({ nextChunk: 1, stop: "cancelled" });
  });

  it("is given back in one step with the message that wakes the next worker", async () => {
    const { world, run, take } = await startedRun();
    const lease = await take("one");
    const before = owedTasks(world.table).length;

    await lease.handOver(({ leg }) => ({
      put: { pk: "outbox#0", sk: "owed", task: `leg ${leg}`, version: 1 },
      expect: "absent",
    }));

    expect(await exportOf(world, run)).toMatchObject({
      leg: 1,
      lease: null,
      queuedAt: world.clock.date().toISOString(),
    });
    expect(owedTasks(world.table)).toHaveLength(before + 1);
    expect(owedTasks(world.table)).toContain("leg 1");
  });

  it("is not given for a run that is over or unknown", async () => {
    const { world, run, ask } = await startedRun();
    await world.work();
    expect(await exportOf(world, run)).toMatchObject({ state: "finished" });

    expect(await ask("one")).toBe("already-over");
    const nobodys = { partnerId: "org-2", exportId: run.id };
    expect(await takeLease({ table: world.table, clock: world.clock, holder: "one" }, nobodys)).toBe("already-over");
  });
});
