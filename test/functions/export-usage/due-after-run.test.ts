import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { type ExportRequest, startUsageExport } from "#shared/exports/start-usage-export";
import { exportWrite, findExport } from "#shared/exports/usage-export";
import { type Integration, integrationWrite } from "#shared/integrations/integration";
import { rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const dueAt = "2026-11-22T09:45:00.000Z";
const dueId = "20261122T094500000Z-schedule";
const customers = ["c0", "c1", "c2"];

/** A partner whose three lines Gradient holds, with a run by a person on its way. */
const runningWorld = async (
  run: Pick<ExportRequest, "mode"> & Partial<ExportRequest>,
  more: Partial<Integration> = {},
) => {
  const world = serviceWorld();
  await world.addService("dns");
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(customers);
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "first", trigger: "mapping", mode: "full" });
  await world.work();
  const lastFullAt = world.common.now().toISOString();
  const before = await world.integration();
  await world.table.transact([integrationWrite({ ...before, nextRunAt: dueAt, lastFullAt, ...more })]);
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", ...run });
  return world;
};

const tick = ({ common }: ServiceWorld) => startUsageExports(common)({ remainingMs: () => 60_000 });
const exportOf = ({ table, partnerId }: ServiceWorld, id = "run") => findExport(table, partnerId, id);
const exportsOf = ({ table }: ServiceWorld) => rowsOf(table, "partner#org-1", "export#").map(({ id }) => id);

it("has a full run of one customer send its line once more, and the due one follow at once", async () => {
  const world = await runningWorld({ mode: "full", customerIds: ["c1"] });
  expect(await tick(world)).toMatchObject({ waiting: 1 });

  await world.work();

  expect(await exportOf(world)).toMatchObject({ stop: null, outcome: "succeeded", totals: { accepted: 1 } });
  expect(await exportOf(world, dueId)).toMatchObject({ mode: "changes", outcome: "succeeded" });
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: "2026-11-23T02:00:00.000Z" });
});

it("begins at once, without another tick, when it had waited for a run that was not over in its time", async () => {
  const world = await runningWorld({ mode: "full", customerIds: ["c1"] });
  const run = await exportOf(world);
  if (run) await world.table.transact([exportWrite({ ...run, stop: "overdue" })]);
  expect(await tick(world)).toMatchObject({ waiting: 1 });

  await world.work();

  expect(await exportOf(world)).toMatchObject({ state: "finished", stop: "overdue" });
  expect(await exportOf(world, dueId)).toMatchObject({ outcome: "succeeded" });
});

it("gives a person who cancels until the next tick", async () => {
  const world = await runningWorld({ mode: "full", customerIds: ["c1"] });
  const { partnerId, by } = world;
  await cancelExport(world.common)({ partnerId, exportId: "run", by });

  await world.work();

  expect(exportsOf(world)).toEqual(["first", "run"]);
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: dueAt });
  expect(await tick(world)).toMatchObject({ started: 1 });
});

it("starts nothing after a run whose partner is not due", async () => {
  const world = await runningWorld({ mode: "full" }, { nextRunAt: "2026-11-23T02:00:00.000Z" });

  await world.work();

  expect(exportsOf(world)).toEqual(["first", "run"]);
  expect(await world.integration()).toMatchObject({ nextRunAt: "2026-11-23T02:00:00.000Z" });
});

it.each<[string, boolean, "full" | "changes"]>([
  ["a full run that a person cancelled passes for none", true, "full"],
  ["a full run that went through", false, "changes"],
])("sends everything where nothing else has: %s", async (_, isCancelled, mode) => {
  const world = await runningWorld({ mode: "full" }, { lastFullAt: null, nextRunAt: null });
  const { partnerId, by } = world;
  if (isCancelled) await cancelExport(world.common)({ partnerId, exportId: "run", by });
  await world.work();
  await world.table.transact([integrationWrite({ ...(await world.integration()), nextRunAt: dueAt })]);

  expect(await tick(world)).toMatchObject({ started: 1 });

  expect(await exportOf(world, dueId)).toMatchObject({ mode });
});
