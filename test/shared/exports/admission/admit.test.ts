import { describe, expect, it } from "vitest";
import { newHold } from "#shared/exports/export-lease";
import { integrationKey } from "#shared/integrations/integration";
import { isWanted } from "#shared/integrations/record/wants";
import type { Item } from "#shared/table/table";
import { fleetOf, named, waiting } from "#test/builders/fleet";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { owedTasks, rowsOf } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const paused = (until: string) => ({ schedule: { ...anIntegration().schedule, pausedUntil: until } });

describe("a run that is admitted", () => {
  it("is created with a message, takes a place, and keeps others from its partner", async () => {
    const fleet = await fleetOf(waiting("p", 5));

    expect(await fleet.admitAll()).toEqual(["p"]);

    const run = await fleet.runOf("p");
    expect(run).toMatchObject({
      kind: "all",
      trigger: "schedule",
      startedBy: "service",
      lane: "scheduled",
      lease: null,
      admittedFor: { want: "all", seq: 1 },
    });
    expect(owedTasks(fleet.table)).toEqual([
      { kind: "export-usage", lane: "scheduled", partnerId: "p", exportId: run.id, leg: 0 },
    ]);
    expect((await fleet.admission()).places).toEqual([
      { partnerId: "p", exportId: run.id, isLarge: false, isRepeat: false, waitsSince: noon },
    ]);
    expect(rowsOf(fleet.table, "partner#p", "event#")).toMatchObject([{ type: "export.started", actor: "service" }]);
  });

  it("by a worker has its lease from the start, and no message", async () => {
    const fleet = await fleetOf(waiting("p", 5));

    const run = await fleet.take("worker-1");

    expect(await fleet.runOf("p")).toMatchObject({ id: run?.exportId, lease: newHold("worker-1", Date.parse(noon)) });
    expect(owedTasks(fleet.table)).toEqual([]);
    expect((await fleet.admission()).places).toMatchObject([{ partnerId: "p", waitsSince: null }]);
  });

  it.each([
    ["all", "all"],
    ["retry", "retry"],
    ["repeat", "repeat"],
  ] as const)("plans what is wanted: %s", async (kind, planned) => {
    const fleet = await fleetOf(waiting("p", 5, kind));

    await fleet.admitAll();

    expect(await fleet.runOf("p")).toMatchObject({ kind: planned, admittedFor: { want: kind, seq: 1 } });
  });

  it("for a date takes the date on, and keeps it wanted until it is met", async () => {
    const fleet = await fleetOf(anIntegrationRow({ partnerId: "p", nextRunAt: minutesAfter(-2) }));

    expect(await fleet.admitAll()).toEqual(["p"]);

    const { nextRunAt, wants } = await fleet.integration("p");
    expect(nextRunAt).toBe("2026-11-23T01:00:00.000Z");
    expect(isWanted(wants.all)).toBe(true);
    expect(await fleet.runOf("p")).toMatchObject({ trigger: "schedule", admittedFor: { want: "all", seq: 1 } });
  });
});

describe("nobody is admitted", () => {
  it.each<[string, Item]>([
    ["in a pause", waiting("p", 5, "all", paused(minutesAfter(1)))],
    ["while another run is under way", waiting("p", 5, "all", { currentExportId: "run" })],
    ["while suspended", waiting("p", 5, "all", { state: "suspended" })],
    ["before something is mapped", waiting("p", 5, "all", { state: "awaiting-mapping" })],
    ["before the wait is over", waiting("p", -1)],
    ["after what was wanted has been met", anIntegrationRow({ partnerId: "p" })],
  ])("%s, though the index has not heard of it", async (_, row) => {
    const fleet = await fleetOf(row);
    const { pk, sk } = integrationKey("p");
    // as it was a moment ago
    const lagging: InMemoryTable = {
      ...fleet.table,
      due: async ({ index }) => ({ keys: index === "look" ? [] : [{ pk, sk, dueAt: noon }], next: null }),
    };

    expect(await fleet.admit(lagging)).toBeUndefined();
    expect(rowsOf(fleet.table, "partner#p", "export#")).toEqual([]);
  });

  it("where the partner pauses at that moment", async () => {
    const fleet = await fleetOf(waiting("p", 5));
    const { transact } = fleet.table;
    const racing: InMemoryTable = {
      ...fleet.table,
      transact: async (writes) => {
        const row = await fleet.table.get(integrationKey("p"));
        if (row?.version === 1) await fleet.table.put({ ...row, ...paused(minutesAfter(9)), version: 2 });
        return transact(writes);
      },
    };

    expect(await fleet.admit(racing)).toBeUndefined();
    expect(await fleet.integration("p")).toMatchObject({ currentExportId: null });
  });

  it("by the job in the moment between a run's end and the next, while a worker takes on one after the other", async () => {
    const fleet = await fleetOf(...named(25).map((id) => waiting(id, 5)));
    for (let place = 0; place < 20; place += 1) await fleet.take("worker-1");
    fleet.pass(60_000);
    await fleet.end("p-00");
    await fleet.take("worker-1");
    await fleet.end("p-01");

    fleet.pass(1_000);
    // it would wake a second worker, which shares the rate with the first until its time is up
    expect(await fleet.admit()).toBeUndefined();

    // the worker was about to end, or is dead
    fleet.pass(4_001);
    expect(await fleet.admit()).toMatchObject({ partnerId: "p-21" });
  });

  it("by the job while a worker takes on what waits for a message", async () => {
    const fleet = await fleetOf(...named(3).map((id) => waiting(id, 5)));
    await fleet.admit();
    fleet.pass(3_001);
    expect(await fleet.take("worker-1")).toMatchObject({ partnerId: "p-00" });

    fleet.pass(1_000);
    expect(await fleet.admit()).toBeUndefined();
  });

  it("while everybody's calls are held", async () => {
    const fleet = await fleetOf(waiting("p", 5));
    fleet.obstacles.set(null, { scope: "vendor", why: "gradient-down", since: noon, retryAt: minutesAfter(1) });

    expect(await fleet.admitAll()).toEqual([]);
    fleet.obstacles.clear();
    expect(await fleet.admitAll()).toEqual(["p"]);
  });
});
