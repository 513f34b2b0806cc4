import { describe, expect, it } from "vitest";
import { prepareChunk } from "#functions/export-usage/send/prepare-chunk";
import type { Chunk } from "#shared/exports/chunk";
import { stopVerdict, unansweredBefore, verdicts } from "#shared/exports/verdicts";
import type { Item } from "#shared/table/table";
import { lineKey, readBucket } from "#shared/usage/ledger";
import { aService } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";
import { aChunk, aChunkRow, aLedgerEntry, aLedgerRow, aLine, anExport } from "#test/builders/usage-export";

const lines = [aLine({ serviceId: "svc-dns" }), aLine({ serviceId: "svc-sig" })];

/** The chunk, the customer's two counts, and what the ledger knows of them, prepared for sending. */
const prepare = async (
  chunk: Chunk,
  [dns, sig]: [number, number],
  ledger?: Item,
  differently: Partial<Parameters<typeof prepareChunk>[0]> = {},
) => {
  const { partnerId } = chunk;
  const counts = { "svc-dns": aCount({ unitCount: dns }), "svc-sig": aCount({ unitCount: sig }) };
  const usage = aUsageRow({ partnerId, customerId: lines[0]?.customerId ?? "", counts });
  const table = await aTableWith(aChunkRow(chunk), usage, ...(ledger ? [ledger] : []));
  const services = new Map(lines.map(({ serviceId: id }) => [id, aService({ id, gradientServiceId: id })]));
  return prepareChunk(
    {
      table,
      services,
      run: anExport(),
      heard: new Map(),
      notTaken: new Map(),
      refusedLines: new Set(),
      stopped: null,
      hasGivenUp: false,
      now: Date.parse(noon),
      ...differently,
    },
    chunk,
    await readBucket(table, { partnerId, bits: 0, number: 0 }, "connection-1"),
  );
};

it("keeps the number that a dead worker may have sent, while another one may not be sent for its line", async () => {
  const left = [
    { at: 0, unitCount: 4 },
    { at: 1, unitCount: 17 },
  ];
  const chunk = aChunk({ content: { state: "sending", lines, intents: left } });

  const prepared = await prepare(chunk, [5, 17]);

  expect(prepared.lines.map(({ verdict }) => verdict)).toEqual([
    expect.objectContaining({ outcome: "deferred" }),
    "send",
  ]);
  expect(prepared.chunk.content).toMatchObject({ state: "sending", intents: expect.arrayContaining(left) });
});

it("notes nothing as about to be sent by a run that goes no further, and leaves what is unchanged as it is", async () => {
  const chunk = aChunk({ content: { state: "planned", lines } });

  const prepared = await prepare(chunk, [15, 17], aLedgerRow([aLedgerEntry()]), { hasGivenUp: true });

  expect(prepared.lines.map(({ verdict }) => verdict)).toEqual([verdicts.unchanged, verdicts.untried]);
  expect(prepared.chunk.content.state).toBe("planned");
});

it("does not say of a number that a dead worker may have sent that a run which goes no further has not sent it", async () => {
  const chunk = aChunk({ content: { state: "sending", lines, intents: [{ at: 0, unitCount: 5 }] } });

  const prepared = await prepare(chunk, [5, 17], undefined, { hasGivenUp: true });

  expect(prepared.lines.map(({ verdict }) => verdict)).toEqual([verdicts.noAnswerBeforeStop, verdicts.untried]);
  expect(prepared.lines[0]?.entry).toMatchObject({ doubt: { unitCount: 5 } });
});

describe("a number that is noted, in a run that Gradient refuses", () => {
  const stopped = stopVerdict("gradient-refuses");
  const noted = aChunk({ content: { state: "sending", lines, intents: lines.map((_, at) => ({ at, unitCount: 4 })) } });
  const [dns = "", sig = ""] = lines.map(lineKey);

  it("is in no doubt where this worker has noted it and its call has not gone out, or was refused", async () => {
    const notTaken = new Map([[dns, undefined]]);

    const prepared = await prepare(noted, [5, 17], undefined, { stopped, notTaken });

    expect(prepared.lines[0]).toMatchObject({ unitCount: 5, entry: undefined, verdict: stopped });
    expect(prepared.lines[1]).toMatchObject({ unitCount: 4, entry: { doubt: { unitCount: 4 } } });
    expect(prepared.lines[1]?.verdict).toEqual(unansweredBefore(stopped));
  });

  it("stays in doubt where a worker that died had noted one before", async () => {
    const left = { at: 1, unitCount: 3 };
    const notTaken = new Map([[sig, left]]);

    const prepared = await prepare(noted, [5, 17], undefined, { stopped, notTaken });

    expect(prepared.lines[1]).toMatchObject({ unitCount: 3, entry: { doubt: { unitCount: 3 } }, left });
  });

  it("is one of a line that goes last next time, be it one that the ledger has never heard of", async () => {
    const notTaken = new Map([[dns, undefined]]);

    const prepared = await prepare(noted, [5, 17], undefined, { stopped, notTaken, refusedLines: new Set([dns]) });

    expect(prepared.lines[0]?.entry).toMatchObject({
      accepted: null,
      doubt: null,
      owed: null,
      last: { refusedAt: expect.any(String) },
    });
  });

  it.each([
    ["refused, since it was refused first", { refusedAt: "2026-11-21T10:00:00.000Z" }, "2026-11-21T08:00:00.000Z"],
    ["taken, since now", {}, noon],
  ])("is one of a line in trouble: of one that was %s", async (_, refusal, troubledAt) => {
    const last = { outcome: "accepted" as const, at: noon, troubledAt: "2026-11-21T08:00:00.000Z", ...refusal };
    const ledger = aLedgerRow([aLedgerEntry({ ...lines[0], last })]);

    const prepared = await prepare(noted, [5, 17], ledger, { stopped, refusedLines: new Set([dns]) });

    expect(prepared.lines[0]?.entry?.last).toMatchObject({ refusedAt: noon, troubledAt });
  });
});
