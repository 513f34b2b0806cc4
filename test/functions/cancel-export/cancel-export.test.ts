import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { settledLines } from "#shared/exports/line";
import type { UsageExport } from "#shared/exports/usage-export";
import {
  activeWorld,
  carry,
  connectedWorld,
  customersNamed,
  exportOf,
  inShort,
  ledgerEntryOf,
  runsOf,
  send,
  start,
} from "#test/builders/connected-world";
import { everyRow, rowsOf } from "#test/builders/table";
import type { ServiceWorld } from "#test/fakes/service-world";

/** A partner with a mapping, and a person's run that nobody has begun. */
const runningWorld = async (customers = customersNamed(3)) => {
  const world = await connectedWorld(customers);
  world.map(customers);
  return { world, run: await start(world) };
};
const cancel = (world: ServiceWorld, { id: exportId }: Pick<UsageExport, "id">, more = {}) =>
  cancelExport(world.common)({ partnerId: world.partnerId, exportId, by: world.by, ...more });
const cancellations = (world: ServiceWorld) =>
  rowsOf(world.table, "partner#org-1", "event#").filter(({ type }) => type === "export.cancelled");

it("frees the partner at once where the run has not begun: usage can be sent again", async () => {
  const { world, run } = await runningWorld();

  expect(await cancel(world, run)).toMatchObject({ state: "cancelled", outcome: "failed", totals: { lines: 0 } });
  expect(await world.integration()).toMatchObject({ currentExportId: null });
  const next = await start(world);

  // in any order: two tasks of the outbox are owed at once
  expect(await world.work()).toEqual(expect.arrayContaining(["export-usage: already-over", "export-usage: finished"]));
  expect(await exportOf(world, next)).toMatchObject({ outcome: "succeeded", totals: { accepted: 6 } });
});

it("stops a run on its way: what was accepted stays, the rest is deferred", async () => {
  const { world, run } = await runningWorld(customersNamed(300));
  const cancelling = async () => {
    await world.clock.sleep(2_000);
    return cancel(world, run);
  };

  const [, answer] = await world.clock.settle(Promise.all([carry(world, run), cancelling()]));

  expect(answer).toMatchObject({ state: "sending", stop: "cancelled" });
  const over = await exportOf(world, run);
  expect(over).toMatchObject({ state: "cancelled", outcome: "partial", stop: "cancelled" });
  expect(settledLines(over.totals)).toBe(600);
  expect(over.totals.accepted).toBeGreaterThan(100);
  expect(over.totals.accepted).toBeLessThan(500);
  expect(Object.keys(await world.counts())).toHaveLength(over.totals.accepted);
  expect(await world.integration()).toMatchObject({ currentExportId: null });
});

it("of a run whose worker has died leaves its numbers in doubt, and sends none of them again by itself", async () => {
  const dead = new Set<string>();
  const world = await connectedWorld(["a"], (gradient) => ({
    ...gradient,
    setUnitCount: async (token, count) => {
      const answer = await gradient.setUnitCount(token, count);
      if (dead.size > 0) throw new Error("dies");
      return answer;
    },
  }));
  world.map(["a"]);
  await world.live(2);
  dead.add("the worker");
  const run = await start(world);
  await expect(world.clock.settle(carry(world, run))).rejects.toThrow("dies");
  dead.clear();
  await world.pass(30_000);

  expect(await cancel(world, run)).toMatchObject({ state: "cancelled", totals: { lines: 2, deferred: 2 } });

  expect(await ledgerEntryOf(world, "a", "dns")).toMatchObject({ doubt: { unitCount: 10 }, owed: "no-answer" });
  const sent = world.gradient.countsReceived.length;
  await world.live(10);
  expect(world.gradient.countsReceived).toHaveLength(sent);
});

it("of a run that nobody carries has Gradient show what it had accepted by then", async () => {
  const { world, run } = await runningWorld(customersNamed(300));
  // a worker with two seconds for sending, which hands the run over
  await world.clock.settle(carry(world, run, 77_000));
  expect(await exportOf(world, run)).toMatchObject({ state: "sending", lease: null, viewsRebuilt: false });

  expect(await cancel(world, run)).toMatchObject({ stop: "cancelled" });
  await world.live(1);

  const sent = world.gradient.countsReceived;
  expect(await exportOf(world, run)).toMatchObject({ state: "cancelled", viewsRebuilt: true });
  expect(sent.at(-1)).toMatchObject({ rebuildsViews: true });
  expect(sent.slice(0, -1)).toContainEqual(expect.objectContaining({ accountId: sent.at(-1)?.accountId }));
  expect(await world.integration()).toMatchObject({ currentExportId: null });
});

it("of a run that the service has started keeps it from starting that again before the next date", async () => {
  const world = await activeWorld();
  const before = (await runsOf(world)).length;
  await world.setUsage("a", { dns: 11, sig: 0 });
  await world.pass(16 * 3_600_000);
  await world.admit({ remainingMs: () => 60_000 });
  const { currentExportId } = await world.integration();

  await cancel(world, { id: currentExportId ?? "" });
  await world.live(120);

  expect((await runsOf(world)).slice(before).map(inShort)).toEqual(["schedule changes failed"]);
  expect(await world.counts()).toMatchObject({ "a/dns": 10 });
  await world.pass(22 * 3_600_000);
  await world.live(1);
  expect(await world.counts()).toMatchObject({ "a/dns": 11 });
});

it("a second time changes nothing", async () => {
  const { world, run } = await runningWorld();
  await cancel(world, run);
  const before = everyRow(world.table);

  expect(await cancel(world, run)).toMatchObject({ stop: "cancelled" });
  expect(everyRow(world.table)).toEqual(before);
});

it("a second time, before a worker has had Gradient show what was accepted, changes nothing", async () => {
  const { world, run } = await runningWorld(customersNamed(300));
  await world.clock.settle(carry(world, run, 77_000));
  await cancel(world, run);
  const before = everyRow(world.table);

  expect(await cancel(world, run)).toMatchObject({ state: "sending", stop: "cancelled", lease: null, leg: 2 });

  expect(everyRow(world.table)).toEqual(before);
  expect(cancellations(world)).toHaveLength(1);
});

it("twice at the same time is told of once", async () => {
  const { world, run } = await runningWorld();

  await Promise.all([cancel(world, run), cancel(world, run)]);

  expect(cancellations(world)).toHaveLength(1);
});

it("comes too late for a run that is over", async () => {
  const { world } = await runningWorld();
  await world.work();
  const over = (await runsOf(world)).at(-1);
  const before = everyRow(world.table);

  expect(await cancel(world, over ?? { id: "" })).toMatchObject({ state: "finished", outcome: "succeeded" });
  expect(everyRow(world.table)).toEqual(before);
});

it("knows no run of another partner", async () => {
  const { world, run } = await runningWorld();
  const before = everyRow(world.table);

  await expect(cancel(world, run, { partnerId: "org-2" })).rejects.toMatchObject({
    kind: "not-found",
    code: "export.not-found",
  });
  expect(everyRow(world.table)).toEqual(before);
});

it("leaves what was wished after the run was admitted", async () => {
  const world = await activeWorld(["a", "b"], { mapped: ["a"] });
  await world.pass(16 * 3_600_000);
  await world.admit({ remainingMs: () => 60_000 });
  const { currentExportId } = await world.integration();
  world.map(["b"]);
  await world.sync({ partnerId: world.partnerId, reason: "check" });

  await cancel(world, { id: currentExportId ?? "" });
  await world.live(2);

  // by its own cause: the date is what has been stopped
  expect((await runsOf(world)).at(-1)).toMatchObject({
    startedBy: "service",
    trigger: "mapping",
    outcome: "succeeded",
  });
  expect(await world.counts()).toMatchObject({ "b/dns": 10 });
});

it("of the run that everybody waits for after a mapping is not undone by the service", async () => {
  const world = await activeWorld(["a"]);
  const next = world.gradient.regenerateKey(world.token);
  await world.register({ partnerId: world.partnerId, text: next, by: world.by });
  const { currentExportId } = await world.integration();
  const before = (await runsOf(world)).length;

  await cancel(world, { id: currentExportId ?? "" });
  await world.live(10);

  expect(await runsOf(world)).toHaveLength(before);
  expect(await send(world, "changes")).toMatchObject({ outcome: "succeeded", totals: { accepted: 2 } });
});
