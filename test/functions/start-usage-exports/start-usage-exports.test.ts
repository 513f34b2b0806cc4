import { describe, expect, it } from "vitest";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { stopReason, type UsageExport } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import { findIntegration } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { aTableWith, everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { countingIds, minutesAfter, noon } from "#test/builders/time";
import { anExportRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

// 02:00 in Prague
const dueAt = "2026-11-23T01:00:00.000Z";
const nextAt = "2026-11-24T01:00:00.000Z";
const exportId = "20261123T010000000Z-schedule";

const due = (more: Partial<Integration> = {}) => anIntegrationRow({ nextRunAt: dueAt, lastFullAt: noon, ...more });
const tick = (table: InMemoryTable, at = dueAt, newId = countingIds()) =>
  startUsageExports({ table, now: () => new Date(at), newId })({ remainingMs: () => 60_000 });
const exportsIn = (table: InMemoryTable, partnerId = "org-1001") => rowsOf(table, `partner#${partnerId}`, "export#");
const integrationIn = (table: InMemoryTable) => findIntegration(table, "org-1001");

describe("a partner whose time has come", () => {
  it("gets one export, and the time of the next one, in one step", async () => {
    const table = await aTableWith(due());

    expect(await tick(table)).toEqual({ started: 1, joined: 0, superseded: 0, waiting: 0 });

    expect(exportsIn(table)).toMatchObject([
      { id: exportId, trigger: "schedule", startedBy: "service", lane: "scheduled", mode: "changes", state: "planned" },
    ]);
    expect(await integrationIn(table)).toMatchObject({ currentExportId: exportId, nextRunAt: nextAt });
    expect(owedTasks(table)).toEqual([
      { kind: "export-usage", lane: "scheduled", partnerId: "org-1001", exportId, leg: 0 },
    ]);
  });

  it("gets no second one from a double tick, one after the other or at the same time", async () => {
    const table = await aTableWith(due());

    await Promise.all([tick(table, dueAt, countingIds()), tick(table, dueAt, () => "other")]);
    await tick(table);

    expect(exportsIn(table)).toHaveLength(1);
    expect(owedTasks(table)).toHaveLength(1);
  });

  it("gets its missed run with the next tick, and then keeps to its hours", async () => {
    const table = await aTableWith(due());

    await tick(table, "2026-11-23T09:00:00.000Z");

    expect(exportsIn(table)).toMatchObject([{ id: exportId }]);
    expect(await integrationIn(table)).toMatchObject({ nextRunAt: nextAt });
  });

  it("gets one run, not ten, after ten days in which nothing could be sent", async () => {
    const table = await aTableWith(due());
    await tick(table, "2026-12-03T12:00:00.000Z");
    const started = await integrationIn(table);
    // that run has ended
    await table.put({ ...due({ nextRunAt: started?.nextRunAt ?? null }), version: 9 });

    expect(await tick(table, "2026-12-03T12:15:00.000Z")).toMatchObject({ started: 0 });

    expect(started).toMatchObject({ nextRunAt: "2026-12-04T01:00:00.000Z" });
    expect(exportsIn(table)).toMatchObject([{ id: exportId }]);
  });

  it("leaves its neighbours' exports alone", async () => {
    const table = await aTableWith(
      due(),
      due({ partnerId: "org-2002" }),
      due({ partnerId: "org-3003", nextRunAt: nextAt }),
    );

    expect(await tick(table)).toMatchObject({ started: 2 });

    expect([exportsIn(table), exportsIn(table, "org-2002"), exportsIn(table, "org-3003")]).toMatchObject([
      [{ partnerId: "org-1001" }],
      [{ partnerId: "org-2002" }],
      [],
    ]);
  });

  it.each<[string, Partial<Integration>, "full" | "changes"]>([
    ["nothing was ever sent in full", { lastFullAt: null }, "full"],
    ["the last full run is a week old", { lastFullAt: minutesAfter(-7 * 24 * 60) }, "full"],
    ["the mapping has grown since", { mapping: { ...anIntegration().mapping, changedAt: minutesAfter(1) } }, "full"],
    ["the mapping grew before", { mapping: { ...anIntegration().mapping, changedAt: minutesAfter(-1) } }, "changes"],
    [
      "the month is nearly over",
      { nextRunAt: "2026-11-29T01:00:00.000Z", lastFullAt: "2026-11-28T01:00:00.000Z" },
      "full",
    ],
    ["none of that is so", {}, "changes"],
  ])("gets the right choice of lines when %s", async (_, more, mode) => {
    const table = await aTableWith(due(more));

    await tick(table, more.nextRunAt ?? dueAt);

    expect(exportsIn(table)).toMatchObject([{ mode }]);
  });
});

describe("a partner whose export is on its way already", () => {
  const running = (more: Partial<UsageExport> = {}) =>
    aTableWith(due({ currentExportId: "run" }), anExportRow({ id: "run", ...more }));

  it("joins it, and is due again the next day", async () => {
    const table = await running();

    expect(await tick(table)).toEqual({ started: 0, joined: 1, superseded: 0, waiting: 0 });

    expect(exportsIn(table)).toHaveLength(1);
    expect(await integrationIn(table)).toMatchObject({ currentExportId: "run", nextRunAt: nextAt });
  });

  it("joins a full one with a run of changes", async () => {
    expect(await tick(await running({ mode: "full" }))).toMatchObject({ joined: 1 });
  });

  const lesser: [string, Partial<UsageExport>, Partial<Integration>][] = [
    ["a dry run", { mode: "dry-run" }, {}],
    ["a run of some customers", { customerIds: ["cust-1"] }, {}],
    ["a run of what an earlier one left over", { retryOf: "earlier" }, {}],
    [
      "a full run of some customers, while everything is due",
      { mode: "full", customerIds: ["cust-1"] },
      { lastFullAt: null },
    ],
    [
      "a full run of what was left over, while everything is due",
      { mode: "full", retryOf: "earlier" },
      { lastFullAt: null },
    ],
    ["a run of changes, while a full one is due", { mode: "changes" }, { lastFullAt: null }],
  ];
  const runningBeside = (run: Partial<UsageExport>, more: Partial<Integration>) =>
    aTableWith(due({ currentExportId: "run", ...more }), anExportRow({ id: "run", ...run }));

  it.each(lesser)("has %s stopped, and gets its own once that has ended", async (_, run, more) => {
    const table = await runningBeside(run, more);

    expect(await tick(table)).toEqual({ started: 0, joined: 0, superseded: 1, waiting: 0 });

    expect(exportsIn(table)).toMatchObject([{ id: "run", state: "planned", stop: "superseded", ...run }]);
    expect(await integrationIn(table)).toMatchObject({ currentExportId: "run", nextRunAt: dueAt });
    expect(rowsOf(table, "partner#org-1001", "event#")).toMatchObject([
      { type: "export.superseded", actor: "service", details: { exportId: "run" }, at: dueAt },
    ]);

    const stopped = everyRow(table);
    expect(await tick(table, minutesAfter(15, dueAt))).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 1 });
    expect(everyRow(table)).toEqual(stopped);

    await table.put({ ...due(more), version: 9 });
    expect(await tick(table, minutesAfter(30, dueAt))).toMatchObject({ started: 1 });
    expect(exportsIn(table)).toMatchObject([{ id: exportId }, { id: "run" }]);
  });

  it.each<[string, Partial<UsageExport>]>([
    ["some customers", { customerIds: ["cust-1"] }],
    ["what an earlier one left over", { retryOf: "earlier" }],
  ])("waits for a full run of %s, whose lines one of changes would leave out", async (_, run) => {
    const table = await runningBeside({ mode: "full", ...run }, {});
    const before = everyRow(table);

    expect(await tick(table)).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 1 });
    expect(everyRow(table)).toEqual(before);
  });

  it("waits for a run in a mode that only another version knows, which may send what it would not", async () => {
    const table = await runningBeside({}, {});
    const [row] = exportsIn(table);
    await table.put({ ...(row as Item), mode: "preview" });

    expect(await tick(table)).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 1 });
  });

  it.each(stopReason.options)("waits for the end of a run that is stopped already: %s", async (stop) => {
    const table = await runningBeside({ stop, customerIds: ["cust-1"] }, {});
    const before = everyRow(table);

    expect(await tick(table)).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 1 });
    expect(everyRow(table)).toEqual(before);
  });

  it("has it stopped once by two ticks at the same time", async () => {
    const table = await runningBeside({ mode: "dry-run" }, {});

    await Promise.all([tick(table, dueAt, countingIds()), tick(table, dueAt, () => "other")]);

    expect(rowsOf(table, "partner#org-1001", "event#")).toHaveLength(1);
  });

  it.each([
    ["the run's checkpoint", anExportRow({ id: "run", mode: "dry-run", nextChunk: 1, version: 2 })],
    ["a new schedule", { ...due({ currentExportId: "run", nextRunAt: nextAt }), version: 2 }],
  ])("is left to the next tick when %s comes in between", async (_, row) => {
    const table = await runningBeside({ mode: "dry-run" }, {});
    const racing = {
      ...table,
      transact: async (...args: Parameters<InMemoryTable["transact"]>) => {
        await table.put(row);
        await table.transact(...args);
      },
    };

    expect(await tick(racing)).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 0 });

    expect(exportsIn(table)).toMatchObject([{ stop: null }]);
    expect(rowsOf(table, "partner#org-1001", "event#")).toEqual([]);
  });

  it("does not have a run stopped for itself when a clock was set back", async () => {
    const own = { id: exportId, trigger: "schedule", mode: "changes" } as const;
    const table = await aTableWith(due({ currentExportId: exportId, lastFullAt: null }), anExportRow(own));

    expect(await tick(table)).toMatchObject({ joined: 1 });

    expect(exportsIn(table)).toMatchObject([{ id: exportId, stop: null }]);
    expect(await integrationIn(table)).toMatchObject({ nextRunAt: nextAt });
  });
});

describe("nothing is started for a partner that", () => {
  it.each<[string, Partial<Integration>]>([
    ["is not due", { nextRunAt: nextAt }],
    ["has not mapped yet", { state: "awaiting-mapping" }],
    ["is suspended", { state: "suspended" }],
    ["has left", { state: "disconnected" }],
  ])("%s", async (_, more) => {
    const table = await aTableWith(due(more));
    const before = everyRow(table);

    expect(await tick(table)).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 0 });
    expect(everyRow(table)).toEqual(before);
  });
});

it("lets one unreadable record keep nobody else from its export", async () => {
  const table = await aTableWith({ ...due(), pk: "partner#broken", schedule: null }, due());

  await expect(tick(table)).rejects.toThrow();

  expect(exportsIn(table)).toHaveLength(1);
});

it("leaves a partner to the next tick when somebody else changes the record at the same time", async () => {
  const table = await aTableWith(due({ currentExportId: "run" }), anExportRow({ id: "run" }));
  const racing = {
    ...table,
    transact: async (...args: Parameters<InMemoryTable["transact"]>) => {
      await table.put({ ...due({ currentExportId: "run" }), version: 7 });
      await table.transact(...args);
    },
  };

  expect(await tick(racing)).toEqual({ started: 0, joined: 0, superseded: 0, waiting: 0 });
});
