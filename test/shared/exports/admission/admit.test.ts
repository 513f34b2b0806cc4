import { describe, expect, it } from "vitest";
import { AppError, InfrastructureFault } from "#shared/errors";
import { admitNext } from "#shared/exports/admission/admit";
import { newHold } from "#shared/exports/export-lease";
import { type Integration, integrationKey } from "#shared/integrations/integration";
import { isWanted, noWants, wish } from "#shared/integrations/record/wants";
import { dayMs } from "#shared/schedules/zoned-time";
import type { Item, Write } from "#shared/table/table";
import { fleetOf, largeSizes, named, waiting } from "#test/builders/fleet";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { printedBy } from "#test/builders/stdout";
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

describe("who comes first", () => {
  it("has waited longest, whatever for, and may start now", async () => {
    const later = { at: minutesAfter(-60), trigger: "recovery", notBefore: minutesAfter(-1) } as const;
    const fleet = await fleetOf(
      waiting("young", 2),
      waiting("old", 9),
      waiting("owed", 5, "retry"),
      anIntegrationRow({ partnerId: "dated", nextRunAt: minutesAfter(-7) }),
      anIntegrationRow({ partnerId: "backed-off", wants: wish(noWants, "retry", later) }),
    );

    expect(await fleet.admitAll()).toEqual(["old", "dated", "owed", "young", "backed-off"]);
  });

  it("is never one that only has counts to repeat, while there is somebody else", async () => {
    const fleet = await fleetOf(waiting("repeats", 60, "repeat"), waiting("changed", 1));

    // nor while that one's run is under way: they would share the rate with it
    expect(await fleet.admitAll()).toEqual(["changed"]);
  });

  it("does not let repeats in while somebody waits for whom there is no place", async () => {
    const large = named(16, "large");
    const fleet = await fleetOf(
      ...large.map((id) => waiting(id, 5, "all", largeSizes)),
      waiting("repeats", 60, "repeat"),
    );

    expect(await fleet.admitAll()).toEqual(large.slice(0, 15));
  });

  it("is one with repeats, too, where they have waited for half a day", async () => {
    const fleet = await fleetOf(waiting("repeats", 12 * 60 + 5, "repeat"), waiting("changed", 1));

    expect(await fleet.admitAll()).toEqual(["repeats", "changed"]);
  });

  it("is sent what has changed before what is only repeated", async () => {
    const repeats = wish(noWants, "repeat", { at: minutesAfter(-60), trigger: "repeat" });
    const both = wish(repeats, "all", { at: noon, trigger: "mapping" });
    const fleet = await fleetOf(anIntegrationRow({ partnerId: "p", wants: both }));

    await fleet.admitAll();

    expect(await fleet.runOf("p")).toMatchObject({ kind: "all", trigger: "mapping" });
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

describe("keeps no other back:", () => {
  it("a partner whose record cannot be read", async () => {
    const broken = named(30, "broken").map((id) => ({ ...waiting(id, 60), wants: "?" }) as Item);
    const fleet = await fleetOf(...broken, waiting("p", 5));

    expect(await fleet.admitAll()).toEqual(["p"]);
  });

  it("more partners whose records cannot be read than anybody reads at a time, each for an hour", async () => {
    const unreadable = named(130).map((id) => ({ ...waiting(id, 60), state: 7 }));
    const fleet = await fleetOf(...unreadable, waiting("good", 5));
    const ticks = async (count: number) => {
      const admitted: string[] = [];
      for (let tick = 0; tick < count; tick += 1) admitted.push(...(await fleet.admitAll()));
      return admitted;
    };

    const printed = await printedBy(async () => {
      expect(await ticks(3)).toEqual(["good"]);
    });

    expect(printed.split("\n").filter((line) => line.includes("a partner cannot be admitted"))).toHaveLength(130);
    expect((await fleet.table.get(integrationKey("p-00")))?.dueAt).toBe(minutesAfter(60));
  });

  it.each([
    ["throttles", new AppError("unavailable", "table.unavailable", "busy")],
    ["refuses", new InfrastructureFault("too large")],
  ])("a partner whose row the table %s, which is passed over for a minute and a half", async (_, error) => {
    const fleet = await fleetOf(waiting("bad", 60), waiting("good", 5), waiting("next", 4));
    const tries: number[] = [];
    const transact = async (writes: Write[]): Promise<void> => {
      const isBad = writes.some((write) => "put" in write && write.put.pk === "partner#bad");
      if (isBad) tries.push(fleet.now().getTime() - Date.parse(noon));
      if (isBad) throw error;
      await fleet.table.transact(writes);
    };
    const admit = admitNext({ ...fleet, table: { ...fleet.table, transact } });

    await printedBy(async () => {
      expect((await admit(null))?.partnerId).toBe("good");
      fleet.pass(89_000);
      expect((await admit(null))?.partnerId).toBe("next");
      fleet.pass(1_000);
      expect(await admit(null)).toBeUndefined();
    });
    expect(tries).toEqual([0, 90_000]);
  });

  it("as many whom the table refuses for good as end a search, each minute's in turn", async () => {
    const fleet = await fleetOf(...named(3).map((id) => waiting(id, 60)), waiting("good", 5), waiting("next", 4));
    const transact = async (writes: Write[]): Promise<void> => {
      if (writes.some((write) => "put" in write && write.put.pk.startsWith("partner#p-"))) {
        throw new InfrastructureFault("too large");
      }
      await fleet.table.transact(writes);
    };
    const admit = admitNext({ ...fleet, table: { ...fleet.table, transact } });
    const admitted: (string | undefined)[] = [];

    await printedBy(async () => {
      for (let job = 0; job < 4; job += 1) {
        admitted.push((await admit(null).catch(() => undefined))?.partnerId);
        fleet.pass(60_000);
      }
    });
    expect(admitted).toEqual([undefined, "good", undefined, "next"]);
  });

  it("a run under way whose row the table does not give out", async () => {
    const large = named(15, "large");
    const fleet = await fleetOf(...large.map((id) => waiting(id, 60, "all", largeSizes)));
    await fleet.admitAll();
    await fleet.table.put(waiting("small", 5));
    const getMany = async () => {
      throw new AppError("unavailable", "table.unavailable", "busy");
    };

    await printedBy(async () => {
      expect(await fleet.take("worker", { ...fleet.table, getMany })).toMatchObject({ partnerId: "small" });
    });
    expect((await fleet.admission()).places).toHaveLength(16);
  });

  it("nobody where the table refuses one after the other: that is no partner's trouble", async () => {
    const fleet = await fleetOf(...named(9).map((id) => waiting(id, 5)));
    let tries = 0;
    const transact = async (): Promise<void> => {
      tries += 1;
      throw new InfrastructureFault("no right");
    };

    await printedBy(() => expect(fleet.admit({ ...fleet.table, transact })).rejects.toThrow("no right"));

    expect(tries).toBe(3);
  });

  it("a partner whose calls are held, which comes when that is tried again", async () => {
    const held = named(30, "held");
    const fleet = await fleetOf(...held.map((id) => waiting(id, 60)), waiting("p", 5));
    for (const id of held) {
      fleet.obstacles.set(id, { scope: "partner", why: "gradient-refuses", since: noon, retryAt: minutesAfter(15) });
    }

    expect(await fleet.admitAll()).toEqual(["p"]);

    expect(await fleet.integration("held-00")).toMatchObject({
      wants: { all: { notBefore: minutesAfter(15), since: minutesAfter(-60), trigger: "schedule", attempt: 0 } },
    });
    fleet.obstacles.clear();
    expect(await fleet.admitAll()).toEqual([]);
    fleet.pass(15 * 60_000);
    expect(await fleet.admitAll()).toHaveLength(19);
  });

  it("partners whose probe is late, which are not looked at again each minute", async () => {
    const held = named(1_010, "held");
    const fleet = await fleetOf(...held.map((id) => waiting(id, 60)), waiting("p", 5));
    for (const id of held) {
      fleet.obstacles.set(id, { scope: "partner", why: "gradient-refuses", since: noon, retryAt: minutesAfter(-1) });
    }

    expect(await fleet.admitAll()).toEqual([]);
    expect(await fleet.admitAll()).toEqual(["p"]);

    expect(await fleet.integration("held-00")).toMatchObject({ wants: { all: { notBefore: minutesAfter(15) } } });
  });

  it("partners that have not confirmed the agreement in time, however many stand before it, for six hours", async () => {
    const agreement = { ...anIntegration().agreement, version: "2026-11-01" } as Integration["agreement"];
    const late = named(700, "late").map((id) => waiting(id, 60, "all", { agreement }));
    const fleet = await fleetOf(...late, waiting("p", 5));
    fleet.pass(100 * dayMs);

    expect((await fleet.admit())?.partnerId).toBe("p");

    const { notBefore } = (await fleet.integration("late-00")).wants.all;
    expect(Date.parse(notBefore ?? "")).toBe(fleet.now().getTime() + 6 * 60 * 60_000);
  });

  it("large partners that have to wait for a place, however many stand before it", async () => {
    const fleet = await fleetOf(
      ...named(150, "large").map((id) => waiting(id, 60, "all", largeSizes)),
      ...named(9, "small").map((id) => waiting(id, 5)),
    );

    const admitted = await fleet.admitAll();

    expect(admitted.filter((id) => id.startsWith("large"))).toHaveLength(15);
    expect(admitted.filter((id) => id.startsWith("small"))).toHaveLength(5);
  });

  describe("a large partner that has to wait for a place, if something small falls due there meanwhile", () => {
    const sizes = { lines: 20_000, toSend: 10, leftOver: 2, repeats: 3_000 };
    const overdue = wish(noWants, "repeat", { at: minutesAfter(-20 * 60), trigger: "repeat" });
    const later = wish(overdue, "retry", { at: noon, trigger: "recovery", notBefore: minutesAfter(60) });
    const full = async (change: Partial<Integration>) => {
      const fleet = await fleetOf(...named(15, "large").map((id) => waiting(id, 600, "all", largeSizes)));
      for (let place = 0; place < 15; place += 1) await fleet.take("worker");
      await fleet.table.put(anIntegrationRow({ partnerId: "p", wants: overdue, sizes, ...change }));
      return fleet;
    };

    it.each<[string, Partial<Integration>, string]>([
      ["its date", { nextRunAt: minutesAfter(60) }, "all"],
      ["what was left over", { wants: later, nextRunAt: null }, "retry"],
    ])("%s, and not before", async (_, change, kind) => {
      const fleet = await full(change);

      expect(await fleet.take("worker")).toBeUndefined();
      fleet.pass(60 * 60_000);
      expect(await fleet.take("worker")).toMatchObject({ partnerId: "p" });
      expect(await fleet.runOf("p")).toMatchObject({ kind });
    });

    it("but not what was left over, which its run of all lines would bring: that keeps its place", async () => {
      const wants = wish(wish(noWants, "all", { at: minutesAfter(-30), trigger: "schedule" }), "retry", {
        at: noon,
        trigger: "recovery",
        notBefore: noon,
      });
      const fleet = await full({ wants, nextRunAt: null, sizes: { ...sizes, toSend: 20_000 } });

      expect(await fleet.take("worker")).toBeUndefined();
    });

    it("once a minute for all that looks in vain", async () => {
      const fleet = await full({ nextRunAt: minutesAfter(0.5) });
      const take = admitNext(fleet);
      const hold = newHold("worker", Date.parse(noon));

      expect(await take(hold)).toBeUndefined();
      fleet.pass(59_000);
      expect(await take(hold)).toBeUndefined();
      fleet.pass(1_000);
      expect(await take(hold)).toMatchObject({ partnerId: "p" });
    });
  });

  it("a large partner that has to wait for a place", async () => {
    const fleet = await fleetOf(
      ...named(30, "large").map((id) => waiting(id, 60, "all", largeSizes)),
      ...named(9, "small").map((id) => waiting(id, 5)),
    );

    const admitted = await fleet.admitAll();

    expect(admitted).toEqual([...named(15, "large"), ...named(5, "small")]);
  });
});
