import { expect, it } from "vitest";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import type { ExportSchedule } from "#shared/schedules/schedule";
import { anIntegrationRow } from "#test/builders/integration";
import { aTableWith, owedTasks, rowsOf } from "#test/builders/table";
import { countingIds, minutesAfter, noon } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

// 02:00 in Prague
const dueAt = "2026-11-23T01:00:00.000Z";
const exportId = "20261123T010000000Z-schedule";
const by = { actor: "person-1", actorName: "Dana Reyes", address: "198.51.100.7" };

const due = (more: Partial<Integration> = {}) => anIntegrationRow({ nextRunAt: dueAt, lastFullAt: noon, ...more });
const exportsIn = (table: InMemoryTable) => rowsOf(table, "partner#org-1001", "export#");

/** A tick between whose reading and writing something else happens, once. */
const tickRacing = async (table: InMemoryTable, meanwhile: () => Promise<unknown>) => {
  const happens = [meanwhile];
  const racing = {
    ...table,
    transact: async (...args: Parameters<InMemoryTable["transact"]>) => {
      await happens.pop()?.();
      await table.transact(...args);
    },
  };
  const tick = startUsageExports({ table: racing, now: () => new Date(dueAt), newId: () => "racing" });
  return tick({ remainingMs: () => 60_000 });
};

const put = (table: InMemoryTable, change: Partial<ExportSchedule>, at = dueAt) => {
  const schedule = { frequency: "monthly", dayOfMonth: 1, hour: 5, timeZone: "Europe/Prague", pausedUntil: null };
  return putSchedule({ table, now: () => new Date(at), newId: countingIds() })({
    partnerId: "org-1001",
    schedule: { ...schedule, ...change } as ExportSchedule,
    by,
  });
};

it("starts nothing in a pause that began at the same moment, nor takes it back", async () => {
  const table = await aTableWith(due());

  const report = await tickRacing(table, () => put(table, { pausedUntil: "2027-03-01T00:00:00.000Z" }));

  expect(report).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 0 });
  expect(exportsIn(table)).toEqual([]);
  expect(owedTasks(table)).toEqual([]);
  expect(await findIntegration(table, "org-1001")).toMatchObject({
    currentExportId: null,
    nextRunAt: "2027-03-01T04:00:00.000Z",
  });
});

it("keeps the date of a schedule that was set right after another tick had started the run", async () => {
  const table = await aTableWith(due());
  const other = startUsageExports({ table, now: () => new Date(dueAt), newId: countingIds() });

  await tickRacing(table, async () => {
    await other({ remainingMs: () => 60_000 });
    await put(table, {}, minutesAfter(0.1, dueAt));
  });

  expect(exportsIn(table)).toMatchObject([{ id: exportId }]);
  expect(await findIntegration(table, "org-1001")).toMatchObject({ nextRunAt: "2026-12-01T04:00:00.000Z" });
});

it("does not have a run twice when a clock was set back, and moves on to the next one", async () => {
  const table = await aTableWith(due(), anExportRow({ id: exportId, trigger: "schedule", state: "finished" }));

  await tickRacing(table, async () => undefined);

  expect(exportsIn(table)).toMatchObject([{ id: exportId, state: "finished" }]);
  expect(await findIntegration(table, "org-1001")).toMatchObject({
    currentExportId: null,
    nextRunAt: "2026-11-24T01:00:00.000Z",
  });
});
