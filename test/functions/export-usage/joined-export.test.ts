import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { recoverExports } from "#functions/recover-exports/recover-exports";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport, fromExportItem } from "#shared/exports/usage-export";
import { type Integration, integrationWrite } from "#shared/integrations/integration";
import type { ExportSchedule } from "#shared/schedules/schedule";
import { rowsOf } from "#test/builders/table";
import { anExportRow } from "#test/builders/usage-export";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const dueAt = "2026-11-22T09:45:00.000Z";
const dueId = "20261122T094500000Z-schedule";
const nextAt = "2026-12-22T09:00:00.000Z";
const monthly: ExportSchedule = {
  frequency: "monthly",
  dayOfMonth: 22,
  hour: 9,
  timeZone: "UTC",
  pausedUntil: null,
};

/** A partner of a monthly schedule that was due while a full run by a person was on its way, and has joined it. */
const joinedWorld = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  for (const id of ["c0", "c1"]) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(["c0", "c1"]);
  const mapping = { ...(await world.integration()).mapping, completedAt: dueAt };
  await change(world, { state: "active", mapping, schedule: monthly, nextRunAt: dueAt });
  const { partnerId, common } = world;
  await startUsageExport(common)({ partnerId, id: "run", trigger: "manual", mode: "full" });
  expect(await tick(world)).toMatchObject({ joined: 1 });
  expect(await world.integration()).toMatchObject({ currentExportId: "run", nextRunAt: nextAt });
  return world;
};

const change = async ({ table, integration }: ServiceWorld, more: Partial<Integration>) =>
  table.transact([integrationWrite({ ...(await integration()), ...more })]);
const tick = ({ common }: ServiceWorld) => startUsageExports(common)({ remainingMs: () => 60_000 });
const cancel = ({ common, partnerId, by }: ServiceWorld, exportId = "run") =>
  cancelExport(common)({ partnerId, exportId, by });
const exportOf = async ({ table, partnerId }: ServiceWorld, id = "run") => {
  const found = await findExport(table, partnerId, id);
  if (!found) throw new Error(`There is no export ${id}`);
  return found;
};
const exportsOf = ({ table }: ServiceWorld) => rowsOf(table, "partner#org-1", "export#").map(({ id }) => id);

it("stands for the scheduled run: nothing follows where it goes through", async () => {
  const world = await joinedWorld();

  await world.work();

  expect(await exportOf(world)).toMatchObject({ outcome: "succeeded", standsFor: dueAt });
  expect(exportsOf(world)).toEqual(["run"]);
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: nextAt });
});

it("does not take the scheduled run with it when a person cancels it", async () => {
  const world = await joinedWorld();
  await cancel(world);

  await world.work();
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: dueAt });
  expect(await tick(world)).toMatchObject({ started: 1 });
  await world.work();

  expect(await exportOf(world)).toMatchObject({ state: "cancelled", totals: { accepted: 0 } });
  expect(await exportOf(world, dueId)).toMatchObject({ trigger: "schedule", mode: "full", outcome: "succeeded" });
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: nextAt });
});

it("does not take the scheduled run with it when it was not over in its time", async () => {
  const world = await joinedWorld();
  world.queued.length = 0;
  for (const row of [...world.table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#")))
    await world.table.delete(row);
  // two days after nobody has begun it
  await world.clock.settle(world.clock.sleep(49 * 60 * 60_000));
  await recoverExports(world.common)({ remainingMs: () => 60_000 });

  await world.work();

  expect(await exportOf(world)).toMatchObject({ state: "finished", stop: "overdue" });
  expect(await exportOf(world, dueId)).toMatchObject({ outcome: "succeeded" });
  expect(await world.integration()).toMatchObject({ nextRunAt: nextAt });
});

it("does not bring back a scheduled run that a person cancels itself", async () => {
  const world = await joinedWorld();
  await cancel(world);
  await world.work();
  await tick(world);
  expect(await world.integration()).toMatchObject({ currentExportId: dueId });
  await cancel(world, dueId);

  await world.work();
  await tick(world);

  expect(await exportOf(world, dueId)).toMatchObject({ state: "cancelled" });
  expect(exportsOf(world)).toEqual([dueId, "run"]);
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: nextAt });
});

it("leaves the date alone where everything is paused by then", async () => {
  const world = await joinedWorld();
  const { partnerId, by, common } = world;
  const schedule: ExportSchedule = { ...monthly, pausedUntil: "2027-03-01T00:00:00.000Z" };
  await putSchedule(common)({ partnerId, schedule, by });
  await cancel(world);

  await world.work();
  await tick(world);

  expect(exportsOf(world)).toEqual(["run"]);
  expect(await world.integration()).toMatchObject({ nextRunAt: "2027-03-22T09:00:00.000Z" });
});

it("leaves the date alone where the token was refused: the next one brings a run of everything", async () => {
  const world = await joinedWorld();
  await change(world, { state: "suspended" });
  await cancel(world);

  await world.work();

  expect(exportsOf(world)).toEqual(["run"]);
  expect(await world.integration()).toMatchObject({ state: "suspended", nextRunAt: nextAt });
});

it("is followed by one run, not two, where the next date has come by then", async () => {
  const world = await joinedWorld();
  await change(world, { nextRunAt: "2026-11-22T10:00:00.000Z" });
  await cancel(world);

  await world.work();
  await tick(world);

  expect(exportsOf(world)).toEqual(["20261122T100000000Z-schedule", "run"]);
  expect(await world.integration()).toMatchObject({ nextRunAt: nextAt });
});

it("keeps the older of two dates that it stands for", async () => {
  const world = await joinedWorld();
  await change(world, { nextRunAt: "2026-11-22T10:00:00.000Z" });

  expect(await tick(world)).toMatchObject({ joined: 1 });

  expect(await exportOf(world)).toMatchObject({ standsFor: dueAt });
});

it("is not joined where it has ended, or was stopped, in between", async () => {
  const world = await joinedWorld();
  await change(world, { nextRunAt: dueAt });
  const racing = {
    ...world.table,
    transact: async (...args: Parameters<typeof world.table.transact>) => {
      await cancel(world);
      await world.table.transact(...args);
    },
  };

  const run = startUsageExports({ ...world.common, table: racing });

  expect(await run({ remainingMs: () => 60_000 })).toMatchObject({ joined: 0 });
  expect(await world.integration()).toMatchObject({ nextRunAt: dueAt });
});

it("is read from a row that was written before it could stand for another", () => {
  const { standsFor, ...older } = anExportRow();

  expect(fromExportItem(older).standsFor).toBe(standsFor);
});
