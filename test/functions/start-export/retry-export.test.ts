import { describe, expect, it } from "vitest";
import { startExport } from "#functions/start-export/start-export";
import { toCustomerItem } from "#shared/customers/customer";
import { leaseMs } from "#shared/exports/export-lease";
import { exportOf } from "#test/builders/connected-world";
import { everyRow, watchedTable } from "#test/builders/table";
import { anExportRow } from "#test/builders/usage-export";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** Of three customers with two lines each, the last is not mapped. */
const partlyMapped = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addService("sig");
  for (const id of ["a", "b", "c"]) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4, sig: 0 });
  }
  await world.connect();
  world.map(["a", "b"]);
  return world;
};
const start = (world: ServiceWorld, more = {}) =>
  startExport(world.common)({ partnerId: world.partnerId, by: world.by, mode: "changes", ...more });
const send = async (world: ServiceWorld, more = {}) => {
  const started = await start(world, more);
  await world.work();
  return exportOf(world, started);
};

describe("sending again only what failed", () => {
  it("leaves out what Gradient has, and reads the numbers anew", async () => {
    const world = await partlyMapped();
    const first = await send(world, { mode: "full" });
    expect(first).toMatchObject({ outcome: "succeeded", retryOf: null, totals: { accepted: 4, unmapped: 2 } });
    world.map(["c"]);
    await world.setUsage("a", { dns: 9, sig: 9 });
    await world.setUsage("c", { dns: 5, sig: 0 });
    const sentBefore = world.gradient.countsReceived.length;

    const again = await send(world, { retryOf: first.id });

    expect(again).toMatchObject({ retryOf: first.id, outcome: "succeeded", totals: { lines: 2, accepted: 2 } });
    expect(world.gradient.countsReceived.slice(sentBefore)).toMatchObject([
      { accountId: "c", unitCount: 5 },
      { accountId: "c", unitCount: 0 },
    ]);
    expect(await world.counts()).toMatchObject({ "a/dns": 4, "c/dns": 5, "c/sig": 0 });
  });

  it("takes of it the customers that are asked for, too", async () => {
    const world = await partlyMapped();
    world.map([]);
    const first = await send(world, { mode: "dry-run" });

    expect(await send(world, { retryOf: first.id, customerIds: ["a", "b"] })).toMatchObject({ totals: { lines: 4 } });
    expect(await send(world, { mode: "full", retryOf: first.id, customerIds: ["c"] })).toMatchObject({
      totals: { lines: 2, unmapped: 2 },
    });
  });

  it("sends what a dry run would have sent", async () => {
    const world = await partlyMapped();
    const dry = await send(world, { mode: "dry-run", customerIds: ["a"] });
    expect(dry).toMatchObject({ totals: { lines: 2, deferred: 2 } });

    expect(await send(world, { retryOf: dry.id })).toMatchObject({ totals: { lines: 2, accepted: 2 } });

    expect(await world.counts()).toMatchObject({ "a/dns": 4, "a/sig": 0 });
  });

  it("has no line of what is no longer to be counted", async () => {
    const world = await partlyMapped();
    const first = await send(world, { mode: "full" });
    const { now } = world.common;
    const at = now().toISOString();
    const state = { removedAt: at, retiredAt: null, isMapped: null, updatedAt: at, version: 2 };
    await world.table.put(
      toCustomerItem({ id: "c", name: "Customer c", billing: "billed", partnerId: world.partnerId, ...state }),
    );

    expect(await send(world, { retryOf: first.id })).toMatchObject({ totals: { lines: 0 } });
  });

  it("succeeds with no line where nothing failed, and frees the partner", async () => {
    const world = await partlyMapped();
    const first = await send(world, { mode: "full", customerIds: ["a"] });
    const sentBefore = world.gradient.countsReceived.length;

    const again = await send(world, { retryOf: first.id });

    expect(again).toMatchObject({ state: "finished", outcome: "succeeded", chunks: 0, totals: { lines: 0 } });
    expect(world.gradient.countsReceived).toHaveLength(sentBefore);
    expect(await world.integration()).toMatchObject({
      currentExportId: null,
      lastExport: { id: again.id, outcome: "succeeded" },
    });
  });

  it("can be had again of a retry, until nothing is left", async () => {
    const world = await partlyMapped();
    const first = await send(world, { mode: "full" });
    const second = await send(world, { retryOf: first.id });
    expect(second).toMatchObject({ outcome: "succeeded", totals: { lines: 2, unmapped: 2 } });
    world.map(["c"]);

    const third = await send(world, { retryOf: second.id });

    expect(third).toMatchObject({ outcome: "succeeded", totals: { lines: 2, accepted: 2 } });
    expect(await send(world, { retryOf: third.id })).toMatchObject({ totals: { lines: 0 } });
  });

  it("raises no floor of proof, whatever its mode", async () => {
    const world = await partlyMapped();
    const first = await send(world, { mode: "full" });
    const { proofGen } = await world.integration();

    await send(world, { mode: "full", retryOf: first.id });

    expect(await world.integration()).toMatchObject({ proofGen });
  });

  it("has the same lines wherever its first worker dies", async () => {
    for (let kill = 1, isKilled = true; isKilled; kill += 1) {
      isKilled = false;
      const world = await partlyMapped();
      const first = await send(world, { mode: "full" });
      world.map(["c"]);
      const run = await start(world, { retryOf: first.id });
      const table = watchedTable(world.table, (call) => {
        if (call < kill) return;
        isKilled = true;
        throw new Error("killed");
      });
      const message = { partnerId: world.partnerId, exportId: run.id, lane: run.lane };
      const dying = world.workerWith({ table })([message], { remainingMs: () => 300_000 });
      await world.clock.settle(dying).catch(() => undefined);
      await world.pass(leaseMs);

      await world.work();

      expect(await exportOf(world, run), `killed at write ${kill}`).toMatchObject({
        outcome: "succeeded",
        totals: { lines: 2, accepted: 2 },
      });
    }
  });
});

describe("nothing is started", () => {
  const refused = async (world: ServiceWorld, more: object) => {
    const before = everyRow(world.table);
    const error = await start(world, more).catch((thrown: unknown) => thrown);
    expect(everyRow(world.table)).toEqual(before);
    return error;
  };

  it("for an export that nobody knows, or that is another partner's", async () => {
    const world = await partlyMapped();
    await world.table.put(anExportRow({ partnerId: "org-2", id: "theirs", state: "finished", chunks: 1 }));

    for (const retryOf of ["nobodys", "theirs"]) {
      expect(await refused(world, { retryOf })).toMatchObject({ kind: "not-found", code: "export.not-found" });
    }
  });

  it("while that export, or any other, is on its way", async () => {
    const world = await partlyMapped();
    const over = await send(world);
    const { id } = await start(world);

    for (const retryOf of [id, over.id]) {
      expect(await refused(world, { retryOf })).toMatchObject({
        code: "export.already-running",
        extra: { exportId: id },
      });
    }
  });

  it("for an export that has not ended", async () => {
    const world = await partlyMapped();
    await world.table.put(anExportRow({ partnerId: "org-1", id: "left", state: "sending", chunks: 1 }));

    expect(await refused(world, { retryOf: "left" })).toMatchObject({ kind: "conflict", code: "export.not-over" });
  });

  it("and no look is stopped for it", async () => {
    const world = await partlyMapped();
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    const look = { id: (await world.integration()).currentExportId ?? "" };
    expect(await exportOf(world, look)).toMatchObject({ kind: "look", state: "planned" });

    expect(await refused(world, { retryOf: "nobodys" })).toMatchObject({ code: "export.not-found" });
  });

  it("for an export that ended before its lines were fixed: no lines would pass for success", async () => {
    const world = await partlyMapped();
    await world.table.put(anExportRow({ partnerId: "org-1", id: "empty", state: "finished", outcome: "failed" }));

    expect(await refused(world, { retryOf: "empty" })).toMatchObject({
      kind: "conflict",
      code: "export.without-lines",
    });
  });
});
