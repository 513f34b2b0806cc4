import { expect, it } from "vitest";
import { prepareChunk } from "#functions/export-usage/send/prepare-chunk";
import type { Chunk } from "#shared/exports/chunk";
import { verdicts } from "#shared/exports/verdicts";
import type { Item } from "#shared/table/table";
import { readBucket } from "#shared/usage/ledger";
import { aService } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";
import { aChunk, aChunkRow, aLedgerEntry, aLedgerRow, aLine, anExport } from "#test/builders/usage-export";

const lines = [aLine({ serviceId: "svc-dns" }), aLine({ serviceId: "svc-sig" })];

/** The chunk, the customer's two counts, and what the ledger knows of them, prepared for sending. */
const prepare = async (chunk: Chunk, [dns, sig]: [number, number], ledger?: Item, hasGivenUp = false) => {
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
      refusedLines: new Set(),
      stopped: null,
      hasGivenUp,
      now: Date.parse(noon),
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

  const prepared = await prepare(chunk, [15, 17], aLedgerRow([aLedgerEntry()]), true);

  expect(prepared.lines.map(({ verdict }) => verdict)).toEqual([verdicts.unchanged, verdicts.untried]);
  expect(prepared.chunk.content.state).toBe("planned");
});
