import { describe, expect, it } from "vitest";
import { resumeExports } from "#functions/admit-exports/resume-exports";
import { AppError, InfrastructureFault } from "#shared/errors";
import { leaseMs, newHold } from "#shared/exports/export-lease";
import { noTotals } from "#shared/exports/line";
import { exportKey, findExport, isOver, type UsageExport } from "#shared/exports/usage-export";
import { integrationKey } from "#shared/integrations/integration";
import { isWanted } from "#shared/integrations/record/wants";
import type { Item, Write } from "#shared/table/table";
import { fleetOf, named, waiting } from "#test/builders/fleet";
import { anIntegrationRow } from "#test/builders/integration";
import { owedTasks, rowsOf } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { aChunkRow, aLine, anExportRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const minuteMs = 60_000;

/** Partners with a run each that was admitted at noon, and whose messages are lost. */
const admitted = async (...partnerIds: string[]) => {
  const fleet = await fleetOf(...partnerIds.map((id, index) => waiting(id, 60 - index)));
  await fleet.admitAll();
  const exportIds = new Map(await Promise.all(partnerIds.map(async (id) => [id, (await fleet.runOf(id)).id] as const)));
  const loseMessages = () => {
    for (const [key, { pk }] of fleet.table.rows) if (pk.startsWith("outbox#")) fleet.table.rows.delete(key);
  };
  loseMessages();
  const resume = (on: InMemoryTable = fleet.table) =>
    resumeExports({ ...fleet, table: on })({ remainingMs: () => minuteMs });
  const runOf = async (partnerId: string): Promise<UsageExport> => {
    const found = await findExport(fleet.table, partnerId, exportIds.get(partnerId) ?? "");
    if (!found) throw new Error("no run");
    return found;
  };
  /** Minutes go by, each with its job, and no worker ever comes. */
  const live = async (minutes: number) => {
    const sum = { resumed: 0, closed: 0 };
    for (let minute = 0; minute < minutes; minute += 1) {
      fleet.pass(minuteMs);
      const { resumed, closed } = await resume();
      sum.resumed += resumed;
      sum.closed += closed;
    }
    return sum;
  };
  return { ...fleet, runOf, resume, live, loseMessages };
};
/** The run has ten lines in one chunk that nobody has begun. */
const aPlan = { state: "sending", chunks: 1, allChunks: 1, connectionId: "connection-1", seq: 1 } as const;
const planned: Partial<UsageExport> = { ...aPlan, totals: { ...noTotals, lines: 1 } };

describe("a run that nobody is at", () => {
  it("gets another message five minutes after one that was lost", async () => {
    const fleet = await admitted("p");

    expect(await fleet.live(4)).toEqual({ resumed: 0, closed: 0 });
    expect(await fleet.live(1)).toEqual({ resumed: 1, closed: 0 });

    const { id } = await fleet.runOf("p");
    expect(owedTasks(fleet.table)).toEqual([
      { kind: "export-usage", lane: "scheduled", partnerId: "p", exportId: id, leg: 1 },
    ]);
    expect(await fleet.runOf("p")).toMatchObject({ leg: 1, stalls: 0, queuedAt: minutesAfter(5) });
  });

  it("may be taken by a worker with room before that message is received", async () => {
    const fleet = await admitted("p");
    fleet.pass(3_000);
    await fleet.take("worker-1");
    await fleet.live(5);
    fleet.pass(3_000);

    expect(await fleet.take("worker-2")).toMatchObject({ partnerId: "p" });
  });

  it("gets another message a minute after its worker's lease, and no further one as long as that may be received", async () => {
    const fleet = await admitted("p");
    await fleet.change("p", { lease: newHold("dead", Date.parse(noon)) });
    fleet.pass(leaseMs);

    expect(await fleet.resume()).toEqual({ resumed: 0, closed: 0 });
    expect(await fleet.live(1)).toEqual({ resumed: 1, closed: 0 });
    expect(await fleet.live(4)).toEqual({ resumed: 0, closed: 0 });
    expect(await fleet.live(1)).toEqual({ resumed: 1, closed: 0 });
  });

  it("is left alone while its worker gets on", async () => {
    const fleet = await admitted("p");
    for (let minute = 0; minute < 60; minute += 1) {
      const [{ now }, progressAt] = [fleet, fleet.now().toISOString()];
      await fleet.change("p", { lease: newHold("alive", now().getTime() + minuteMs), progressAt });
      expect(await fleet.live(1)).toEqual({ resumed: 0, closed: 0 });
    }
  });

  it("is closed where a person, or a new token, has stopped it", async () => {
    const fleet = await admitted("p");
    await fleet.change("p", { stop: "cancelled", lease: newHold("dead", Date.parse(noon)), ...planned });
    const { id: exportId } = await fleet.runOf("p");
    await fleet.table.put(aChunkRow({ partnerId: "p", exportId }));

    expect(await fleet.live(2)).toEqual({ resumed: 0, closed: 1 });

    expect(await fleet.runOf("p")).toMatchObject({ state: "cancelled", totals: { deferred: 1 } });
    const { currentExportId, wants } = await fleet.integration("p");
    expect(currentExportId).toBeNull();
    expect(isWanted(wants.all)).toBe(false);
  });
});

describe("a run that does not get anywhere", () => {
  it("is closed after its third 15 minutes, with its partner and its place free and others unharmed", async () => {
    const fleet = await admitted("stuck", "fine");
    const holding = async () => {
      // its worker lives, and is not able to plan
      await fleet.change("stuck", { lease: newHold("alive", fleet.now().getTime()) });
      await fleet.change("fine", {
        lease: newHold("alive", fleet.now().getTime()),
        progressAt: fleet.now().toISOString(),
      });
      return fleet.live(1);
    };
    const messagesAt: number[] = [];
    for (let minute = 1; minute <= 44; minute += 1) if ((await holding()).resumed > 0) messagesAt.push(minute);
    expect(messagesAt).toEqual([15, 30]);
    expect(await holding()).toEqual({ resumed: 0, closed: 1 });

    expect(await fleet.runOf("stuck")).toMatchObject({ state: "finished", stop: "stalled", outcome: "failed" });
    const { currentExportId, wants } = await fleet.integration("stuck");
    expect(currentExportId).toBeNull();
    expect(isWanted(wants.all)).toBe(true);
    expect(wants.all).toMatchObject({ notBefore: minutesAfter(60 + 45), trigger: "recovery" });
    expect(isOver(await fleet.runOf("fine"))).toBe(false);
    for (let index = 0; index < 25; index += 1) await fleet.table.put(waiting(`next-${index}`, 1));
    expect(await fleet.admitAll()).toHaveLength(19);
    expect((await fleet.admission()).places.map(({ partnerId }) => partnerId)).not.toContain("stuck");
  });

  it("has the whole time again once it has settled a chunk", async () => {
    const fleet = await admitted("p");
    await fleet.live(44);
    await fleet.change("p", { progressAt: fleet.now().toISOString() });

    expect((await fleet.live(44)).closed).toBe(0);
    expect((await fleet.live(1)).closed).toBe(1);
  });

  it("is closed though its chunks cannot be read; no acceptance proves anything from then on", async () => {
    const fleet = await admitted("p");
    await fleet.change("p", { ...planned, kind: "narrowed" });
    const { id: exportId } = await fleet.runOf("p");
    await fleet.table.put({ ...aChunkRow({ partnerId: "p", exportId }), packed: "?" });

    expect((await fleet.live(45)).closed).toBe(1);

    expect(await fleet.runOf("p")).toMatchObject({
      state: "finished",
      stop: "stalled",
      totals: { lines: 1, deferred: 1 },
    });
    const { currentExportId, proofGen, wants } = await fleet.integration("p");
    expect([currentExportId, proofGen, isWanted(wants.all)]).toEqual([null, 1, true]);
  });

  it("is closed so, too, where somebody has stopped it meanwhile, which the table keeps from being done", async () => {
    const fleet = await admitted("p");
    await fleet.change("p", { ...planned, stop: "cancelled", lease: null });
    const { id: exportId } = await fleet.runOf("p");
    await fleet.table.put(aChunkRow({ partnerId: "p", exportId }));
    const refusing: InMemoryTable = {
      ...fleet.table,
      put: async (item, expect) => {
        if (item.sk.startsWith("chunk#")) throw new InfrastructureFault("too large");
        await fleet.table.put(item, expect);
      },
    };
    fleet.pass(44 * minuteMs);
    await expect(fleet.resume(refusing)).rejects.toThrow(InfrastructureFault);

    fleet.pass(minuteMs);
    await expect(fleet.resume(refusing)).resolves.toMatchObject({ closed: 1 });

    expect(await fleet.runOf("p")).toMatchObject({ state: "cancelled", totals: { lines: 1, deferred: 1 } });
    expect(await fleet.integration("p")).toMatchObject({ currentExportId: null, proofGen: 1 });
  });

  it("raises no doubts where it was a dry run, whose chunks cannot be read: that has sent nothing", async () => {
    const fleet = await fleetOf(
      anIntegrationRow({ partnerId: "p" }),
      anExportRow({ partnerId: "p", id: "run", ...planned, mode: "dry-run", stalls: 2, lease: null }),
      { ...aChunkRow({ partnerId: "p", exportId: "run" }), packed: "?" },
    );
    const { proofGen, wants } = await fleet.integration("p");
    fleet.pass(45 * minuteMs);

    expect(await resumeExports(fleet)({ remainingMs: () => minuteMs })).toEqual({ resumed: 0, closed: 1 });

    expect(await findExport(fleet.table, "p", "run")).toMatchObject({ state: "finished", stop: "stalled" });
    expect(await fleet.integration("p")).toMatchObject({ proofGen, wants });
  });

  it("is not closed so while the table does not answer", async () => {
    const fleet = await admitted("p");
    await fleet.change("p", planned);
    fleet.pass(45 * minuteMs);
    await fleet.change("p", { stalls: 2 });
    const down: InMemoryTable = {
      ...fleet.table,
      transact: async () => {
        throw new AppError("unavailable", "table.unavailable", "down");
      },
    };

    await expect(fleet.resume(down)).rejects.toMatchObject({ code: "table.unavailable" });

    expect(isOver(await fleet.runOf("p"))).toBe(false);
  });
});

describe("nobody is kept from being looked after", () => {
  it("by a run whose row cannot be read: that is told at the end", async () => {
    const fleet = await admitted("p");
    await fleet.table.put({ ...anExportRow({ partnerId: "broken", id: "run" }), totals: "?" });
    fleet.pass(6 * minuteMs);

    await expect(fleet.resume()).rejects.toThrow();

    expect(await fleet.runOf("p")).toMatchObject({ leg: 1 });
  });

  it("by runs of partners that cannot be read: they take no place once they should be closed, and end once they can", async () => {
    const bad = named(20);
    const fleet = await admitted(...bad);
    const rows = await Promise.all(bad.map((id) => fleet.table.get(integrationKey(id))));
    for (const row of rows) await fleet.table.put({ ...row, state: 7 } as Item);
    await fleet.table.put(waiting("good", 1));
    const job = () => fleet.live(1).catch(() => undefined);
    for (let minute = 0; minute < 50; minute += 1) await job();
    fleet.loseMessages();

    expect(await fleet.admitAll()).toEqual(["good"]);

    for (const row of rows) await fleet.table.put({ ...row, version: 50 } as Item);
    expect(await fleet.live(1)).toMatchObject({ closed: 20 });
    expect((await fleet.admission()).places.filter(({ isAside }) => isAside)).toEqual([]);
    await fleet.end("good");
    fleet.pass(60 * minuteMs);
    expect((await fleet.admitAll()).toSorted()).toEqual(bad);
  });

  it.each([
    ["their partners'", "integration"],
    ["their own", "export#"],
  ])("by runs that cannot be closed, for the table refuses %s rows: they take no place from then on", async (_, sk) => {
    const bad = named(20);
    const fleet = await admitted(...bad);
    await fleet.table.put(waiting("good", 1));
    const isRefused = (write: Write) => "put" in write && write.put.sk.startsWith(sk);
    const transact = async (writes: Write[]) => {
      if (writes.some(isRefused)) throw new InfrastructureFault("too large");
      await fleet.table.transact(writes);
    };
    const put: InMemoryTable["put"] = async (item, expect) => {
      if (isRefused({ put: item })) throw new InfrastructureFault("too large");
      await fleet.table.put(item, expect);
    };
    const job = async () => {
      fleet.pass(minuteMs);
      await fleet.resume({ ...fleet.table, transact, put }).catch(() => undefined);
      fleet.loseMessages();
    };
    for (let minute = 0; minute < 44; minute += 1) await job();
    expect((await fleet.admission()).places.filter(({ isAside }) => isAside)).toEqual([]);

    await job();

    expect(await fleet.admitAll()).toEqual(["good"]);
    const { closed, resumed } = await fleet.live(1);
    expect(closed + resumed).toBe(20);
    expect((await fleet.admission()).places.filter(({ isAside }) => isAside)).toEqual([]);
  });

  it("by twenty runs that cannot be read; where there are more, something is wrong with all, and no other begins", async () => {
    const fleet = await fleetOf(...named(60).map((id) => waiting(id, 60)));
    let admitted = 0;
    for (let minute = 0; minute < 10; minute += 1) {
      fleet.pass(minuteMs);
      await resumeExports(fleet)({ remainingMs: () => minuteMs }).catch(() => undefined);
      for (let next = await fleet.take("worker"); next; next = await fleet.take("worker")) {
        admitted += 1;
        const row = await fleet.table.get(exportKey(next.partnerId, next.exportId));
        await fleet.table.put({ ...row, totals: "?" } as Item);
      }
    }
    expect(admitted).toBe(40);
    expect((await fleet.admission()).places).toHaveLength(40);
  });

  it("by a run whose partner is not there any more", async () => {
    const fleet = await admitted("p");
    await fleet.table.put(
      anExportRow({
        partnerId: "gone",
        id: "run",
        queuedAt: minutesAfter(-50),
        progressAt: minutesAfter(-50),
        stalls: 2,
      }),
    );
    fleet.pass(6 * minuteMs);

    expect(await fleet.resume()).toEqual({ resumed: 1, closed: 0 });
  });

  it("by the index, where an admitted run is not: the row of those under way lists it", async () => {
    const fleet = await admitted("p");
    const { id } = await fleet.runOf("p");

    expect((await fleet.table.get(exportKey("p", id)))?.dueKind).toBeUndefined();
    expect((await fleet.live(5)).resumed).toBe(1);
  });

  it("once all are over: none is listed any more", async () => {
    const fleet = await admitted("p", "q");
    await fleet.end("p");
    await fleet.live(1);
    expect((await fleet.admission()).places).toHaveLength(2);

    await fleet.end("q");

    expect(await fleet.live(50)).toEqual({ resumed: 0, closed: 0 });
    expect((await fleet.admission()).places).toEqual([]);
  });
});

it("a closing that dies half-way leaves no line behind: the run cannot come to its end any more", async () => {
  const fleet = await fleetOf(
    anIntegrationRow({ partnerId: "p", currentExportId: "run" }),
    anExportRow({ partnerId: "p", id: "run", ...planned, stalls: 2, lease: null }),
    aChunkRow({ partnerId: "p", exportId: "run", content: { state: "planned", lines: [aLine()] } }),
  );
  fleet.pass(45 * minuteMs);
  const dying: InMemoryTable = {
    ...fleet.table,
    transact: async () => {
      throw new Error("killed");
    },
  };

  await expect(resumeExports({ ...fleet, table: dying })({ remainingMs: () => minuteMs })).rejects.toThrow("killed");

  expect(await fleet.runOf("p")).toMatchObject({ stop: "stalled" });
  expect(rowsOf(fleet.table, "export#p#run")).toHaveLength(1);
  expect(await resumeExports(fleet)({ remainingMs: () => minuteMs })).toEqual({ resumed: 0, closed: 1 });
  expect(isWanted((await fleet.integration("p")).wants.all)).toBe(true);
});
