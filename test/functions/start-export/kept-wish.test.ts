import { describe, expect, it } from "vitest";
import type { UsageExport } from "#shared/exports/usage-export";
import { activeWorld, carry, customersNamed, runsOf, schedule, send, start } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const lost = { answer: { kind: "in-doubt", reason: "503" } } as const;

/** What a press of *Send usage* is answered. */
const press = (world: ServiceWorld): Promise<string> =>
  start(world, "changes").then(
    () => "started",
    (error: { code: string }) => error.code,
  );

/** Something happens once, just before the run's first chunk is stored: its counts were read a moment ago. */
const whilePlanning = (world: ServiceWorld, happens: () => Promise<void>) => {
  const put = world.table.put.bind(world.table);
  let hasHappened = false;
  world.table.put = async (item, expected) => {
    if (!hasHappened && item.pk.startsWith("export#")) {
      hasHappened = true;
      await happens();
    }
    return put(item, expected);
  };
};

const monthlyWorld = async (customers: string[]) => {
  const world = await activeWorld(customers);
  await schedule(world, { frequency: "monthly", dayOfMonth: 20, hour: 12 });
  return world;
};

describe("Send usage that is refused while another run is under way is kept", () => {
  it("where that run plans: it has read the counts, and says so only with its plan", async () => {
    const world = await monthlyWorld(customersNamed(50));
    const before = await runsOf(world);
    const run: UsageExport = await start(world, "full");
    let answer = "";
    whilePlanning(world, async () => {
      await world.setUsage("c0", { dns: 77, sig: 3 });
      answer = await press(world);
    });

    await world.clock.settle(carry(world, run));
    expect(answer).toBe("export.already-running");
    await world.work();
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "c0/dns": 77, "c0/sig": 3 });
    expect(await runsOf(world)).toHaveLength(before.length + 2);
  });

  it("where that run is for what was left over, and has not begun: it will send nothing else", async () => {
    const world = await monthlyWorld(["a", "b"]);
    await world.setUsage("a", { dns: 77, sig: 0 });
    world.gradient.failNext("setUnitCount", lost, { times: 6 });
    expect(await send(world, "changes")).toMatchObject({ totals: { deferred: 1 } });
    while ((await world.integration()).currentExportId === null) {
      await world.pass(60_000);
      await world.admit({ remainingMs: () => 60_000 });
    }
    expect((await runsOf(world)).at(-1)).toMatchObject({ kind: "retry", lease: null });
    await world.setUsage("b", { dns: 78, sig: 0 });

    expect(await press(world)).toBe("export.already-running");
    await world.work();
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "a/dns": 77, "b/dns": 78 });
  });

  it("and met by a run of all lines that has not begun", async () => {
    const world = await monthlyWorld(["a"]);
    const before = await runsOf(world);
    await start(world, "changes");
    await world.setUsage("a", { dns: 77, sig: 3 });

    expect(await press(world)).toBe("export.already-running");
    await world.work();
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "a/dns": 77, "a/sig": 3 });
    expect(await runsOf(world)).toHaveLength(before.length + 1);
  });
});

it("a date that comes while a run plans has a run of its own: it promises counts from after it", async () => {
  const world = await activeWorld(customersNamed(50));
  await schedule(world, { frequency: "monthly", dayOfMonth: 22, hour: 12 });
  await world.pass(Date.parse("2026-11-22T11:59:59.000Z") - world.clock.now());
  const run = await start(world, "full");
  whilePlanning(world, async () => {
    await world.clock.sleep(2_000);
    await world.setUsage("c0", { dns: 77, sig: 3 });
  });

  await world.clock.settle(carry(world, run));
  await world.live(3);

  expect(await world.counts()).toMatchObject({ "c0/dns": 77, "c0/sig": 3 });
  expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "schedule", totals: { accepted: 2 } });
});
