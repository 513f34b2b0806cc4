import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ExportRun } from "#functions/export-usage/send/export-run";
import { newHalt } from "#functions/export-usage/send/halt";
import { ledgerInUse } from "#functions/export-usage/send/ledger-in-use";
import type { LineEnd } from "#functions/export-usage/send/settle-chunk";
import { settleInOrder } from "#functions/export-usage/send/settle-in-order";
import { type Lease, takeLease } from "#shared/exports/export-lease";
import type { ExportKind, StopReason, UsageExport } from "#shared/exports/usage-export";
import { stopVerdict, verdicts } from "#shared/exports/verdicts";
import { readLedger } from "#shared/usage/ledger";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";
import { aChunk, aChunkRow, aLine, anExportRow } from "#test/builders/usage-export";
import { virtualClock } from "#test/fakes/virtual-clock";

const refused = stopVerdict("gradient-refuses");
const both = ["c0", "c1"];
const taken: LineEnd = { answer: { kind: "accepted" }, wasInDoubt: false, sentAt: Date.parse(noon) };

/** A run whose chunks have a line each, of customers `c0`, `c1` and so on, in these rows of the ledger. */
const aRunOf = async (rows: number[], kind: ExportKind = "all", more: Partial<UsageExport> = {}) => {
  /** What the next answer of the ledger's row waits for. */
  let held: Promise<void> | undefined;
  const clock = virtualClock(Date.parse(noon));
  const chunks = rows.map((bucket, number) => {
    const lines = [aLine({ customerId: `c${number}` })];
    return aChunk({ number, bucket, content: { state: "sending", lines, intents: [{ at: 0, unitCount: 7 }] } });
  });
  const run = anExportRow({ kind, state: "sending", chunks: rows.length, connectionId: "connection-1", ...more });
  const stored = await aTableWith(run, ...chunks.map(aChunkRow));
  const get: typeof stored.get = async (key) => {
    const item = await stored.get(key);
    const late = key.sk.startsWith("ledger#") ? held : undefined;
    if (late) held = undefined;
    await late;
    return item;
  };
  const table = { ...stored, get };
  const lease = (await takeLease(
    { table, clock, holder: "worker" },
    { partnerId: "org-1001", exportId: "20261122T120000000Z-manual" },
  )) as Lease;
  const of: Partial<ExportRun> = {
    table,
    clock,
    lease,
    halt: newHalt(() => lease.current().stop),
    ledgerBits: 3,
    connectionId: "connection-1",
    heard: new Map(),
    notTaken: new Map(),
    onSettled: async () => undefined,
  };
  const its = of as ExportRun;
  const ledger = ledgerInUse(its);
  const settlement = settleInOrder(its, ledger);
  const entries = async () => {
    const held = await readLedger(table, { partnerId: "org-1001", bits: 3, connectionId: "connection-1" });
    return [...held.values()];
  };
  let reading: ReturnType<typeof ledger.row> | undefined;
  return {
    lease,
    halt: its.halt,
    settlement,
    /** The ledger's row is read now, and answered once the test says so. */
    readLate: (row: number): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      reading = ledger.row(row);
      return resolve;
    },
    read: () => reading,
    /** Begins a chunk's line, which ends when the test says so. */
    begin: async (number: number, areViewsRebuilt = false): Promise<(end: LineEnd) => void> => {
      const chunk = chunks[number] ?? aChunk();
      const bucket = await ledger.row(chunk.bucket);
      const [line = aLine()] = "lines" in chunk.content ? chunk.content.lines : [];
      const prepared = {
        chunk,
        bucket,
        lines: [{ line, unitCount: 7, asOf: noon, entry: undefined, left: undefined, verdict: taken }],
      };
      const { promise, resolve } = Promise.withResolvers<LineEnd>();
      await settlement.add(prepared, [promise], () => areViewsRebuilt);
      return resolve;
    },
    /** Of whom a row says that Gradient is owed a line, or holds one. */
    customersInLedger: async (): Promise<string[]> => (await entries()).map(({ customerId }) => customerId).sort(),
    owed: async (): Promise<string[]> =>
      (await entries()).flatMap(({ customerId, owed }) => (owed === null ? [] : [customerId])).sort(),
  };
};

describe("a run's chunks", () => {
  it.each([
    { what: "after another row", rows: [5, 0, 0] },
    { what: "all of them", rows: [0, 0, 0] },
  ])("are settled one after the other where they are in one row: $what", async ({ rows }) => {
    const { lease, halt, settlement, begin, customersInLedger } = await aRunOf(rows);
    const endFirst = await begin(0);
    const endSecond = await begin(1);
    endFirst(taken);
    while (lease.current().nextChunk === 0) await setImmediate();
    const endThird = await begin(2);

    endSecond(taken);
    endThird(taken);
    await settlement.ended();

    expect(halt.cause()).toBeNull();
    expect(lease.current()).toMatchObject({ nextChunk: 3, totals: { accepted: 3 } });
    expect(await customersInLedger()).toEqual(["c0", "c1", "c2"]);
  });

  it("do not take a row that was read late for the newest", async () => {
    const { lease, halt, settlement, begin, readLate, read } = await aRunOf([0, 0]);
    const answer = readLate(0);
    (await begin(0))(taken);
    while (lease.current().nextChunk === 0) await setImmediate();
    answer();
    await read();
    (await begin(1))(taken);
    await settlement.ended();

    expect(halt.cause()).toBeNull();
  });

  it.each<[string, LineEnd, boolean]>([
    ["shown yet, where another one was sent after it", taken, false],
    ["shown yet, where another one may have arrived", { ...taken, answer: { kind: "in-doubt", reason: "503" } }, false],
    ["shown yet, where the last call was refused", { ...taken, answer: { kind: "unmapped", message: "x" } }, false],
    ["anything else, where none was", verdicts.unchanged, true],
    ["anything else, where calls were too many", { ...taken, answer: { kind: "throttled", retryAfterMs: null } }, true],
  ])("of which Gradient shows the first are not %s", async (_, end, viewsRebuilt) => {
    const { lease, settlement, begin } = await aRunOf([0, 1, 2]);

    (await begin(0, true))(taken);
    (await begin(1))(end);
    await settlement.ended();

    expect(lease.current()).toMatchObject({ nextChunk: 2, viewsRebuilt });
  });

  it.each([
    { kind: "all", owes: ["c0"] },
    { kind: "retry", owes: ["c0"] },
    // the next look takes it for one that was tried, otherwise
    { kind: "look", owes: [] },
  ] as const)("owe what was not tried, in a run of kind $kind: $owes", async ({ kind, owes }) => {
    const { settlement, begin, customersInLedger } = await aRunOf([0], kind);

    (await begin(0))(verdicts.untried);
    await settlement.ended();

    expect(await customersInLedger()).toEqual(owes);
  });

  it.each<{ what: string; ends: [LineEnd, LineEnd]; stop: StopReason; owes: string[]; from: number | null }>([
    { what: "the others have arrived", ends: [taken, refused], stop: "gradient-refuses", owes: ["c1"], from: 1 },
    { what: "the others are owed", ends: [verdicts.untried, refused], stop: "gradient-refuses", owes: both, from: 1 },
    // whatever the worker heard that took over from one that had stopped it
    { what: "all are held by then", ends: [taken, refused], stop: "gradient-down", owes: ["c1"], from: 1 },
    { what: "another is kept back", ends: [refused, refused], stop: "gradient-refuses", owes: [], from: null },
    { what: "a person has cancelled it", ends: [taken, refused], stop: "cancelled", owes: [], from: 1 },
  ])("owe the lines that Gradient may refuse, of a run that is stopped: $what", async ({ ends, stop, owes, from }) => {
    const { lease, settlement, begin, owed } = await aRunOf([0, 0], "all", { stop, suspectsFrom: 1 });

    for (const [number, end] of ends.entries()) (await begin(number))(end);
    await settlement.ended();

    expect(await owed()).toEqual(owes);
    expect(lease.current()).toMatchObject({ nextChunk: 2, suspectsFrom: from });
  });
});
