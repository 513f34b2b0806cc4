import { expect, it } from "vitest";
import { prepareChunk } from "#functions/export-usage/send/prepare-chunk";
import { verdicts } from "#shared/exports/verdicts";
import { readBucket } from "#shared/usage/ledger";
import { aService } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";
import { aChunk, aChunkRow, aLedgerEntry, aLedgerRow, aLine, anExport } from "#test/builders/usage-export";

it("keeps the number that a dead worker may have sent, while another one may not be sent for its line", async () => {
  const lines = [aLine({ serviceId: "svc-dns" }), aLine({ serviceId: "svc-sig" })];
  const left = [
    { at: 0, unitCount: 4 },
    { at: 1, unitCount: 17 },
  ];
  const chunk = aChunk({ content: { state: "sending", lines, intents: left } });
  const { partnerId } = chunk;
  const counts = { "svc-dns": aCount({ unitCount: 5 }), "svc-sig": aCount({ unitCount: 17 }) };
  const table = await aTableWith(
    aChunkRow(chunk),
    aUsageRow({ partnerId, customerId: lines[0]?.customerId ?? "", counts }),
  );

  const prepared = await prepareChunk(
    {
      table,
      services: new Map(
        lines.map(({ serviceId }) => [serviceId, aService({ id: serviceId, gradientServiceId: serviceId })]),
      ),
      run: anExport(),
      heard: new Map(),
      refusedLines: new Set(),
      stopped: null,
      hasGivenUp: false,
      now: Date.parse(noon),
    },
    chunk,
    await readBucket(table, { partnerId, bits: 0, number: 0 }, "connection-1"),
  );

  expect(prepared.lines.map(({ verdict }) => verdict)).toEqual([
    expect.objectContaining({ outcome: "deferred" }),
    "send",
  ]);
  expect(prepared.chunk.content).toMatchObject({ state: "sending", intents: expect.arrayContaining(left) });
});

it("notes nothing as about to be sent by a run that goes no further, and leaves what is unchanged as it is", async () => {
  const lines = [aLine({ serviceId: "svc-dns" }), aLine({ serviceId: "svc-sig" })];
  const chunk = aChunk({ content: { state: "planned", lines } });
  const { partnerId } = chunk;
  const counts = { "svc-dns": aCount({ unitCount: 15 }), "svc-sig": aCount({ unitCount: 17 }) };
  const usage = aUsageRow({ partnerId, customerId: lines[0]?.customerId ?? "", counts });
  const table = await aTableWith(aChunkRow(chunk), usage, aLedgerRow([aLedgerEntry()]));

  const prepared = await prepareChunk(
    {
      table,
      services: new Map(
        lines.map(({ serviceId }) => [serviceId, aService({ id: serviceId, gradientServiceId: serviceId })]),
      ),
      run: anExport(),
      heard: new Map(),
      refusedLines: new Set(),
      stopped: null,
      hasGivenUp: true,
      now: Date.parse(noon),
    },
    chunk,
    await readBucket(table, { partnerId, bits: 0, number: 0 }, "connection-1"),
  );

  expect(prepared.lines.map(({ verdict }) => verdict)).toEqual([verdicts.unchanged, verdicts.untried]);
  expect(prepared.chunk.content.state).toBe("planned");
});
