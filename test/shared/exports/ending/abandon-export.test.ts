import { describe, expect, it } from "vitest";
import { type Chunk, chunkWrite, findChunk } from "#shared/exports/chunk";
import { abandonExport, maxOpenChunks } from "#shared/exports/ending/abandon-export";
import { closingAbandoned } from "#shared/exports/ending/close-export";
import { hasReachedItsEnd } from "#shared/exports/ending/has-reached-its-end";
import { newHold } from "#shared/exports/export-lease";
import { noTotals, settledLines } from "#shared/exports/line";
import { exportWrite, findExport, nothingLeft, type StopReason, type UsageExport } from "#shared/exports/usage-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { store } from "#shared/table/table";
import { bucketWrite, readBucket, readLedger } from "#shared/usage/ledger";
import { anIntegration } from "#test/builders/integration";
import { aTableWith } from "#test/builders/table";
import { noon, now } from "#test/builders/time";
import { aChunk, aChunkRow, aLedgerEntry, aLedgerRow, aLine, anExport, aReceipt } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
const ledger = { partnerId, bits: 0, connectionId: "connection-1" };
const exportId = "20261122T120000000Z-manual";
const landsUntil = new Date(Date.parse(noon) + landsWithinMs).toISOString();
const line = (customerId: string) => aLine({ customerId });
const done = (...customerIds: string[]): Chunk["content"] => ({
  state: "done",
  receipts: customerIds.map((customerId) => aReceipt({ customerId })),
});
const planned = (...customerIds: string[]): Chunk["content"] => ({ state: "planned", lines: customerIds.map(line) });
/** Of these customers the first is about to be sent 17, or has been. */
const begun = (...customerIds: string[]): Chunk["content"] => ({
  state: "sending",
  lines: customerIds.map(line),
  intents: [{ at: 0, unitCount: 17 }],
});

/** A run with these chunks, of which so many are counted. */
const aRunOf = async (contents: Chunk["content"][], run: Partial<UsageExport> = {}) => {
  const rows = contents.map((content, number) => aChunkRow({ number, content }));
  const lines = contents.reduce((sum, its) => sum + (its.state === "done" ? its.receipts : its.lines).length, 0);
  const value = anExport({
    state: "sending",
    chunks: contents.length,
    allChunks: contents.length,
    connectionId: "connection-1",
    totals: { ...noTotals, lines },
    ...run,
  });
  return { table: await aTableWith(...rows), run: value };
};
const abandon = (table: InMemoryTable, run: UsageExport, stop: StopReason = "stalled") =>
  abandonExport({ table, now: now(), landsWithinMs }, ledger, run, stop);
const entryOf = async (table: InMemoryTable, customerId: string) =>
  [...(await readLedger(table, ledger)).values()].find((entry) => entry.customerId === customerId);

describe("closing what a worker has begun", () => {
  it("meets nothing: where that dies, whoever counts its chunks does not take it for a run that came to its end", async () => {
    const met = { stop: "gradient-refuses", suspectsFrom: 0, leftOver: { ...nothingLeft, lines: 1 } } as const;
    const { table, run } = await aRunOf([begun("a"), planned("b")], met);
    const closing = closingAbandoned({ table, now, newId: () => "id", random: () => 0 });
    const before = anIntegration();

    const counted = { ...run, nextChunk: 2, version: 0 };
    await store(table, exportWrite(counted));
    expect(hasReachedItsEnd(counted, before)).toBe(true);

    await closing({ ...counted, version: 1 }, before, "stalled");

    const left = await findExport(table, run.partnerId, run.id);
    expect(left && hasReachedItsEnd(left, before)).toBe(false);
  });

  it("makes each number that it may have sent a doubt, and what was accepted before stays known", async () => {
    const { table, run } = await aRunOf([begun("new", "unsent"), begun("known")]);
    const known = aLedgerEntry({ customerId: "known", last: { outcome: "unmapped", at: noon } });
    await table.put(aLedgerRow([known]));

    await abandon(table, run);

    const doubt = { unitCount: 17, until: landsUntil };
    expect(await entryOf(table, "known")).toEqual({ ...known, doubt, owed: "no-answer" });
    expect(await entryOf(table, "new")).toMatchObject({ accepted: null, doubt, owed: "no-answer" });
    expect(await entryOf(table, "unsent")).toBeUndefined();
  });

  it.each([
    ["its last accepted count, where Gradient was not asked to rebuild its views", false, 1, "stopped"],
    ["nothing, where it was", true, 1, null],
    ["its last accepted count, where it was before that", true, 0, "stopped"],
  ])("owes %s", async (_, viewsRebuilt, nextChunk, owed) => {
    const acceptedLine = nextChunk > 0 ? { customerId: "settled", serviceId: "svc-dns" } : null;
    const counted = { viewsRebuilt, nextChunk, acceptedLine };
    const { table, run } = await aRunOf([done("settled"), planned("next")], counted);
    await table.put(aLedgerRow([aLedgerEntry({ customerId: "settled" })]));

    await abandon(table, run);

    expect(await entryOf(table, "settled")).toMatchObject({ owed });
  });

  it("comes to its end where the row of what it owes cannot be read", async () => {
    const { table, run } = await aRunOf([done("settled"), planned("next")]);
    await table.put({ ...aLedgerRow([]), packed: "?" });

    expect(await abandon(table, run)).toMatchObject({ stop: "stalled" });
  });

  it("counts each line once: what was settled, what was begun, and what nobody came to", async () => {
    const { table, run } = await aRunOf(
      [done("counted"), done("settled"), begun("begun", "unsent"), planned("next"), ...Array(60).fill(planned("late"))],
      { nextChunk: 1, totals: { ...noTotals, lines: 65, accepted: 1 } },
    );

    const over = await abandon(table, run);

    expect(over.totals).toEqual({ ...noTotals, lines: 65, accepted: 2, deferred: 63 });
    expect(settledLines(over.totals)).toBe(65);
    expect(over).toMatchObject({
      stop: "stalled",
      leftOver: { lines: 63, isUnanswered: true, doubtUntil: landsUntil, unreadable: 0 },
    });
  });

  it("says of numbers that may have been sent nothing else, and of the rest why it was not", async () => {
    const { table, run } = await aRunOf([begun("begun", "unsent")]);

    await abandon(table, run, "not-connected");

    const chunk = await findChunk(table, partnerId, exportId, 0);
    expect(chunk?.content).toMatchObject({
      state: "done",
      receipts: [
        {
          customerId: "begun",
          unitCount: 17,
          outcome: "deferred",
          reason: expect.stringContaining("may have been sent"),
        },
        { customerId: "unsent", unitCount: null, reason: expect.stringContaining("the key was replaced") },
      ],
    });
  });

  it("keeps the reason that the run was stopped for already", async () => {
    const { table, run } = await aRunOf([planned("a")], { stop: "cancelled" });

    expect(await abandon(table, run, "stalled")).toMatchObject({ stop: "cancelled" });
    expect((await findChunk(table, partnerId, exportId, 0))?.content).toMatchObject({
      receipts: [{ reason: expect.stringContaining("cancelled") }],
    });
  });

  it("leaves a worker that was only held up nothing to write, and no chunk to send from", async () => {
    const contents = Array.from({ length: maxOpenChunks }, (_, index) => begun(`c${index}`));
    const { table, run } = await aRunOf([...contents, planned("prepared")]);
    const heldUp = await readBucket(table, { ...ledger, number: 0 }, "connection-1");

    await abandon(table, run);

    await expect(store(table, bucketWrite(heldUp))).rejects.toMatchObject({ code: "table.conflict" });
    for (const [number, content] of [...contents, planned("prepared")].entries()) {
      await expect(store(table, chunkWrite(aChunk({ number, content })))).rejects.toMatchObject({
        code: "table.conflict",
      });
    }
  });

  it("reckons with a worker that is held up, and may send for as long as it believes to have the run", async () => {
    const lease = newHold("held up", Date.parse(noon));
    const { table, run } = await aRunOf([begun("a")], { lease });

    const { leftOver } = await abandon(table, run);

    const until = new Date(Date.parse(lease.until) + landsWithinMs).toISOString();
    expect(await entryOf(table, "a")).toMatchObject({ doubt: { until } });
    expect(leftOver.doubtUntil).toBe(until);
  });

  it("counts no worker's time that is over", async () => {
    const lease = newHold("dead", Date.parse(noon) - 60_000);
    const { table, run } = await aRunOf([begun("a")], { lease });

    await abandon(table, run);

    expect(await entryOf(table, "a")).toMatchObject({ doubt: { until: landsUntil } });
  });

  it("ends the same when it is done again after it died", async () => {
    const { table, run } = await aRunOf([begun("a", "b"), begun("c"), planned("d")]);

    const first = await abandon(table, run);

    expect(await abandon(table, run)).toEqual(first);
    expect(first.leftOver).toEqual({ lines: 4, isUnanswered: true, doubtUntil: landsUntil, unreadable: 0 });
  });

  it("writes a row of the ledger again that somebody has changed meanwhile", async () => {
    const { table, run } = await aRunOf([begun("a")]);
    await table.put(aLedgerRow([aLedgerEntry({ customerId: "other" })]));
    let isFirst = true;
    const racing: InMemoryTable = {
      ...table,
      put: async (item, expected) => {
        if (isFirst && item.sk.startsWith("ledger#")) {
          isFirst = false;
          await table.put({ ...aLedgerRow([aLedgerEntry({ customerId: "newer" })]), version: 2 });
        }
        return table.put(item, expected);
      },
    };

    await abandon(racing, run);

    expect(await entryOf(table, "a")).toMatchObject({ doubt: { unitCount: 17 } });
    expect(await entryOf(table, "newer")).toBeDefined();
  });

  it("notes no doubts for a dry run: it has sent nothing", async () => {
    const { table, run } = await aRunOf([begun("a")], { mode: "dry-run" });

    await abandon(table, run);

    expect(await entryOf(table, "a")).toBeUndefined();
  });

  it("has nothing to do before the lines were fixed", async () => {
    const { table, run } = await aRunOf([planned("left from a plan that died")], { chunks: null, totals: noTotals });

    expect(await abandon(table, run, "cancelled")).toEqual({ ...run, stop: "cancelled" });
  });
});
