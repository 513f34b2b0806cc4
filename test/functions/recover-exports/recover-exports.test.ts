import { expect, it } from "vitest";
import { recoverExports } from "#functions/recover-exports/recover-exports";
import { settledLines } from "#shared/exports/line";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport, type UsageExport } from "#shared/exports/usage-export";
import { aTableWith, everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { countingIds, minutesAfter, noon } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { serviceWorld } from "#test/fakes/service-world";

const overdue = (more: Partial<UsageExport> = {}) =>
  anExportRow({ id: "run", state: "sending", startedAt: noon, leg: 3, expectedBy: minutesAfter(-1), ...more });
const recover = (table: InMemoryTable, at = noon) =>
  recoverExports({ table, now: () => new Date(at), newId: countingIds() })({ remainingMs: () => 60_000 });

it("stops a run that has not ended in its time, and has a worker close it", async () => {
  const table = await aTableWith(overdue({ lane: "scheduled" }));

  expect(await recover(table)).toEqual({ overdue: 1 });

  expect(await findExport(table, "org-1001", "run")).toMatchObject({
    stop: "overdue",
    leg: 4,
    state: "sending",
    expectedBy: minutesAfter(30),
  });
  expect(owedTasks(table)).toEqual([
    { kind: "export-usage", lane: "scheduled", partnerId: "org-1001", exportId: "run", leg: 4 },
  ]);
});

it("tries once more when no worker has closed it within half an hour", async () => {
  const table = await aTableWith(overdue());
  await recover(table);

  expect(await recover(table, minutesAfter(29))).toEqual({ overdue: 0 });
  expect(await recover(table, minutesAfter(30))).toEqual({ overdue: 1 });

  expect(await findExport(table, "org-1001", "run")).toMatchObject({ leg: 5 });
});

it("gives a run that nobody has begun another message and more time, for two days", async () => {
  const waiting = { state: "planned", startedAt: null, createdAt: noon } as const;
  const table = await aTableWith(overdue(waiting));

  expect(await recover(table, minutesAfter(6 * 60))).toEqual({ overdue: 1 });
  expect(await findExport(table, "org-1001", "run")).toMatchObject({ stop: null, leg: 4 });
  expect(owedTasks(table)).toHaveLength(1);

  await recover(table, minutesAfter(49 * 60));
  expect(await findExport(table, "org-1001", "run")).toMatchObject({ stop: "overdue" });
});

it("keeps the reason of a run that was stopped before", async () => {
  const table = await aTableWith(overdue({ stop: "cancelled" }));

  await recover(table);

  expect(await findExport(table, "org-1001", "run")).toMatchObject({ stop: "cancelled" });
});

it.each<[string, Partial<UsageExport>]>([
  ["in its time", { expectedBy: minutesAfter(1) }],
  ["finished", { state: "finished", outcome: "succeeded" }],
  ["cancelled", { state: "cancelled", outcome: "partial" }],
])("leaves alone a run that is %s", async (_, more) => {
  const table = await aTableWith(overdue(more));
  const before = everyRow(table);

  expect(await recover(table)).toEqual({ overdue: 0 });
  expect(everyRow(table)).toEqual(before);
});

it("lets one unreadable run keep no other from being stopped", async () => {
  const table = await aTableWith({ ...overdue(), pk: "partner#broken", totals: null }, overdue());

  await expect(recover(table)).rejects.toThrow();

  expect(owedTasks(table)).toHaveLength(1);
});

it("ends a run whose messages were lost: every line has its outcome, and the next run can start", async () => {
  const world = serviceWorld();
  await world.addService("dns");
  for (let index = 0; index < 300; index += 1) {
    await world.addCustomer(`c${index}`);
    await world.setUsage(`c${index}`, { dns: 1 });
  }
  await world.connect();
  world.map(Array.from({ length: 300 }, (_, index) => `c${index}`));
  const request = { partnerId: world.partnerId, trigger: "manual", mode: "full" } as const;
  await startUsageExport(world.common)({ ...request, id: "run" });
  // the worker sends a part, hands over, and the message is lost
  const place = { partnerId: world.partnerId, exportId: "run" };
  const left = [300_000, 300_000, 300_000];
  expect(await world.clock.settle(world.exporter(place, { remainingMs: () => left.shift() ?? 0 }))).toBe("handed-over");
  for (const row of rowsOf(world.table, "partner#org-1", "mail#")) await world.table.delete(row);
  for (const row of everyRow(world.table).filter(({ pk }) => pk.startsWith("outbox#"))) await world.table.delete(row);
  world.queued.length = 0;
  const partly = await findExport(world.table, world.partnerId, "run");
  expect(partly).toMatchObject({ state: "sending" });

  await world.clock.settle(world.clock.sleep(6 * 60 * 60_000));
  await recoverExports(world.common)({ remainingMs: () => 60_000 });
  await world.work();

  const over = await findExport(world.table, world.partnerId, "run");
  expect(over).toMatchObject({ state: "finished", stop: "overdue", outcome: "partial" });
  expect(over && settledLines(over.totals)).toBe(300);
  expect(over?.totals.accepted).toBe(partly?.totals.accepted);
  expect(over?.totals.deferred).toBe(300 - (partly?.totals.accepted ?? 0));
  expect(await world.integration()).toMatchObject({ currentExportId: null });
  await startUsageExport(world.common)({ ...request, id: "run-2" });
  await world.work();
  expect(await findExport(world.table, world.partnerId, "run-2")).toMatchObject({ outcome: "succeeded" });
});
