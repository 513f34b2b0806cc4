import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { UnreadableRecord } from "#shared/errors";
import { admissionWrite, readAdmission } from "#shared/exports/admission/admission";
import { noTotals } from "#shared/exports/line";
import { exportKey, findExport, type UsageExport } from "#shared/exports/usage-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { findIntegration } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import { activeWorld, carry, exportOf, loseMessages, start } from "#test/builders/connected-world";
import { anIntegrationRow } from "#test/builders/integration";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, minutesAfter, now } from "#test/builders/time";
import { aChunkRow, aLedgerEntry, aLedgerRow, aLine, anExport, anExportRow } from "#test/builders/usage-export";
import type { ServiceWorld } from "#test/fakes/service-world";

const rowOf = async (world: ServiceWorld, { id }: Pick<UsageExport, "id">) =>
  (await world.table.get(exportKey(world.partnerId, id))) as Item;

/** The row of the run under way cannot be read from now on; answers what somebody does later to put it right. */
const spoil = async (world: ServiceWorld, run: UsageExport) => {
  const { totals } = await rowOf(world, run);
  const put = async (change: object) => world.table.put({ ...(await rowOf(world, run)), ...change });
  await put({ totals: "canary" });
  return async (change = {}) => {
    const { version } = await rowOf(world, run);
    await put({ totals, version: version + 1, ...change });
  };
};

/** Whatever was sent without an answer has landed by then, or never will. */
const quietMs = 75_000;

/** Runs what a person does, with what is printed meanwhile. */
const quietly = async (deed: () => Promise<unknown>): Promise<string> => {
  const printed = await printedBy(async () => void (await deed()));
  expect(printed).not.toContain("canary");
  return printed;
};

const disconnect = (world: ServiceWorld, finalCounts: "keep" | "zero" = "keep") =>
  disconnectIntegration(world.common)({ ...world, finalCounts });
const newKey = (world: ServiceWorld) =>
  world.register({ ...world, text: world.gradient.regenerateKey(world.tokenNow()) });

/** A partner has left, and the run of its zeros cannot be read before its worker has begun. */
const spoiltZeros = async () => {
  const world = await activeWorld();
  await disconnect(world, "zero");
  await loseMessages(world);
  const { closing } = await world.integration();
  if (!closing) throw new Error("no zeros are to be sent");
  const leaving = { partnerId: world.partnerId, ...closing.token };
  await world.close(leaving);
  const runId = (await world.integration()).currentExportId ?? "none";
  await spoil(world, await exportOf(world, { id: runId }));
  await loseMessages(world);
  return { world, leaving, runId, until: closing.until };
};

describe("a run under way whose row cannot be read", () => {
  it("keeps nobody from leaving: its partner is free of it, and Gradient hears that it has left", async () => {
    const world = await activeWorld();
    const run = await start(world);
    const { proofGen } = await world.integration();
    await spoil(world, run);
    await loseMessages(world);
    await world.pass(quietMs);

    const printed = await quietly(() => disconnect(world));

    expect(printed).toContain(run.id);
    expect(await world.integration()).toMatchObject({
      state: "disconnected",
      currentExportId: null,
      proofGen: proofGen + 1,
    });
    expect(await world.work()).toContain("close-connection: closed");
    expect(world.gradient.organizationOf(world.token)?.connection.status).toBe("inactive");
  });

  it("sends nothing more for who has left, once it is put right: it ends with a receipt for each line", async () => {
    const world = await activeWorld();
    const run = await start(world);
    const mend = await spoil(world, run);
    const sentBefore = world.gradient.countsReceived.length;
    await world.pass(quietMs);
    await quietly(() => disconnect(world));
    await mend();

    expect(await world.clock.settle(carry(world, run))).toBe("finished");

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", stop: "not-connected" });
    expect(world.gradient.countsReceived).toHaveLength(sentBefore);
  });

  it("is not sent beside another one, though it was put right as it had been before", async () => {
    const world = await activeWorld();
    const run = await start(world);
    const mend = await spoil(world, run);
    await loseMessages(world);
    await world.pass(quietMs);
    await quietly(() => newKey(world));
    await mend({ stop: null, lease: null });
    const sentBefore = world.gradient.countsReceived.length;

    expect(await world.clock.settle(carry(world, run))).toBe("finished");

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", stop: "not-connected" });
    expect(world.gradient.countsReceived).toHaveLength(sentBefore);
    await world.work();
    expect(world.gradient.countsReceived).toHaveLength(sentBefore + 6);
  });

  it("passes for one that may have sent something: zeros are sent for what the ledger tells, and the partner leaves", async () => {
    const world = await activeWorld();
    const run = await start(world);
    await spoil(world, run);
    await loseMessages(world);
    await world.pass(quietMs);

    await quietly(() => disconnect(world, "zero"));

    expect(await world.integration()).toMatchObject({ closing: { remaining: 3 } });
    await world.work();
    expect(new Set(Object.values(await world.counts()))).toEqual(new Set([0]));
    expect(await world.integration()).toMatchObject({ closing: null, currentExportId: null });
  });

  it("keeps nobody from a new key: everything is sent with it, whatever was sent with the one before", async () => {
    const world = await activeWorld();
    const run = await start(world);
    await spoil(world, run);
    await loseMessages(world);
    await world.pass(quietMs);
    const sentBefore = world.gradient.countsReceived.length;

    await quietly(() => newKey(world));

    expect(await world.integration()).toMatchObject({
      state: "active",
      currentExportId: expect.not.stringMatching(run.id),
    });
    await world.work();
    expect(world.gradient.countsReceived).toHaveLength(sentBefore + 6);
  });

  it("is followed by the next run of zeros, where it is one, and by the end of the disconnect", async () => {
    const { world, leaving, runId } = await spoiltZeros();
    await world.pass(quietMs);

    await quietly(async () => expect(await world.close(leaving)).toBe("zeros-first"));

    expect(await world.integration()).toMatchObject({ currentExportId: expect.not.stringMatching(runId) });
    await world.work();
    expect(new Set(Object.values(await world.counts()))).toEqual(new Set([0]));
    expect(await world.integration()).toMatchObject({ closing: null, currentExportId: null });
  });

  it("does not keep the key of who has left for longer than a week, where it is a run of zeros", async () => {
    const { world, leaving, until } = await spoiltZeros();
    await world.pass(Date.parse(until) - world.clock.now());

    await quietly(async () => void (await world.clock.settle(world.close(leaving))));

    expect(await world.integration()).toMatchObject({ closing: null, currentExportId: null });
  });

  it("keeps nobody from connecting again, where it is a run of zeros", async () => {
    const { world } = await spoiltZeros();
    await world.pass(quietMs);

    await quietly(() => startIntegration(world.common)(world));

    expect(await world.integration()).toMatchObject({ state: "awaiting-token", currentExportId: null, closing: null });
  });

  it.each<[string, (world: ServiceWorld) => Promise<unknown>]>([
    ["leaving", disconnect],
    ["zeros of a disconnect", (world) => disconnect(world, "zero")],
    ["what goes out with a new key", newKey],
    ["another run", start],
  ])("is followed by no %s while a number of its worker may still land", async (_, deed) => {
    const world = await activeWorld();
    const run = await start(world);
    const until = new Date(world.clock.now() + 20_000).toISOString();
    await spoil(world, run);
    await world.table.put({ ...(await rowOf(world, run)), lease: { holder: "w", until } });
    await loseMessages(world);

    await world.pass(20_000 + landsWithinMs - 1);
    await quietly(async () => expect(deed(world)).rejects.toThrow(UnreadableRecord));
    await world.pass(1);
    await quietly(async () => expect(deed(world)).resolves.toBeDefined());
  });

  it("keeps nobody from sending usage once nothing of it can land any more", async () => {
    const world = await activeWorld();
    const run = await start(world);
    await spoil(world, run);
    await loseMessages(world);
    await world.pass(quietMs);

    const started: UsageExport[] = [];
    await quietly(async () => void started.push(await start(world)));

    const next = started[0] as UsageExport;
    expect(await world.integration()).toMatchObject({ currentExportId: next.id });
    await world.work();
    expect(await exportOf(world, next)).toMatchObject({ outcome: "succeeded", totals: { accepted: 6 } });
  });

  it("leaves its place to others, and is taken out once it is put right", async () => {
    const world = await activeWorld();
    const run = await start(world);
    const mend = await spoil(world, run);
    await loseMessages(world);
    const place = { partnerId: world.partnerId, exportId: run.id, isLarge: false, isRepeat: false, waitsSince: null };
    await world.table.put(admissionWrite({ ...(await readAdmission(world.table)), places: [place] }).put);
    await world.pass(quietMs);
    await quietly(() => disconnect(world));
    await world.pass(30 * 60_000);

    await quietly(() => world.clock.settle(world.admit({ remainingMs: () => 60_000 })).catch(() => undefined));
    expect((await readAdmission(world.table)).places).toMatchObject([{ exportId: run.id, isAside: true }]);

    await mend();
    await world.clock.settle(world.admit({ remainingMs: () => 60_000 }));
    expect(await exportOf(world, run)).toMatchObject({ state: "finished", stop: "not-connected" });
    await world.clock.settle(world.admit({ remainingMs: () => 60_000 }));
    expect((await readAdmission(world.table)).places).toEqual([]);
  });
});

describe("a run whose worker has died, and of which another row cannot be read", () => {
  const lines = [aLine()];
  const sending = aChunkRow({ content: { state: "sending", lines, intents: [{ at: 0, unitCount: 17 }] } });
  const ledger = aLedgerRow([aLedgerEntry()]);
  const run = anExportRow({
    state: "sending",
    connectionId: "connection-1",
    chunks: 1,
    totals: { ...noTotals, lines: 1 },
    queuedAt: minutesAfter(-5),
  });
  const { id: exportId } = anExport();
  it.each<[string, Item[]]>([
    ["its numbers are in a row of the ledger", [sending, { ...ledger, packed: "canary" }]],
    ["they are in a row of its own", [{ ...sending, packed: "canary" }, ledger]],
  ])("keeps nobody from leaving, and nothing passes for proven then: %s", async (_, rows) => {
    const table = await aTableWith(anIntegrationRow({ currentExportId: exportId }), run, ...rows);
    const dependencies = { table, newId: countingIds(), random: () => 0.5 };
    const asked = { partnerId: "org-1001", by: { actor: "user-1", actorName: null, address: null } };

    const aWhileAgo = () => new Date(Date.parse(minutesAfter(-5)) + landsWithinMs - 1);
    const tooEarly = disconnectIntegration({ ...dependencies, now: aWhileAgo })(asked);
    await quietly(async () => expect(tooEarly).rejects.toThrow(UnreadableRecord));
    await quietly(() => disconnectIntegration({ ...dependencies, now })(asked));

    expect(await findIntegration(table, "org-1001")).toMatchObject({
      state: "disconnected",
      currentExportId: null,
      proofGen: 1,
    });
    expect(await findExport(table, "org-1001", exportId)).toMatchObject({
      state: "finished",
      stop: "not-connected",
      totals: { deferred: 1 },
    });
  });
});
