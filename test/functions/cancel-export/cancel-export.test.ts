import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { settledLines } from "#shared/exports/line";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport } from "#shared/exports/usage-export";
import { everyRow, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const runningWorld = async (customers = 3) => {
  const world = serviceWorld();
  await world.addService("dns");
  const ids = Array.from({ length: customers }, (_, index) => `c${index}`);
  for (const id of ids) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(ids);
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", mode: "full" });
  return world;
};
const cancel = (world: ServiceWorld, more = {}) =>
  cancelExport(world.common)({ partnerId: world.partnerId, exportId: "run", by: world.by, ...more });
const cancellations = (world: ServiceWorld) =>
  rowsOf(world.table, "partner#org-1", "event#").filter(({ type }) => type === "export.cancelled");

it("stops a run that has not begun before its first line", async () => {
  const world = await runningWorld();

  await cancel(world);
  await world.work();

  expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({
    state: "cancelled",
    outcome: "failed",
    totals: { lines: 3, accepted: 0, deferred: 3 },
  });
  expect(world.gradient.countsReceived).toEqual([]);
  expect(await world.integration()).toMatchObject({ currentExportId: null });
});

it("stops a run on its way: what was accepted stays, the rest is deferred", async () => {
  const world = await runningWorld(600);
  const place = { partnerId: world.partnerId, exportId: "run" };
  const cancelling = async () => {
    await world.clock.sleep(2_000);
    await cancel(world);
  };

  await world.clock.settle(Promise.all([world.exporter(place, { remainingMs: () => 300_000 }), cancelling()]));

  const over = await findExport(world.table, world.partnerId, "run");
  expect(over).toMatchObject({ state: "cancelled", outcome: "partial", stop: "cancelled" });
  expect(over && settledLines(over.totals)).toBe(600);
  expect(over?.totals.accepted).toBeGreaterThan(100);
  expect(over?.totals.accepted).toBeLessThan(500);
  expect(Object.keys(await world.counts())).toHaveLength(over?.totals.accepted ?? 0);
});

it("a second time changes nothing", async () => {
  const world = await runningWorld();
  await cancel(world);
  const before = everyRow(world.table);

  expect(await cancel(world)).toMatchObject({ stop: "cancelled" });
  expect(everyRow(world.table)).toEqual(before);
});

it("twice at the same time is told of once", async () => {
  const world = await runningWorld();

  await Promise.all([cancel(world), cancel(world)]);

  expect(cancellations(world)).toHaveLength(1);
});

it("comes too late for a run that is over", async () => {
  const world = await runningWorld();
  await world.work();
  const before = everyRow(world.table);

  expect(await cancel(world)).toMatchObject({ state: "finished", outcome: "succeeded" });
  expect(everyRow(world.table)).toEqual(before);
});

it("knows no run of another partner", async () => {
  const world = await runningWorld();
  const before = everyRow(world.table);

  await expect(cancel(world, { partnerId: "org-2" })).rejects.toMatchObject({
    kind: "not-found",
    code: "export.not-found",
  });
  expect(everyRow(world.table)).toEqual(before);
});
