import { expect, it } from "vitest";
import { readRetriedLines } from "#shared/exports/retried-export";
import { findExport } from "#shared/exports/usage-export";
import { lineOutcome } from "#shared/usage/outcome";
import { aTableWith } from "#test/builders/table";
import { aChunkRow, aLine, anExportRow, aReceipt } from "#test/builders/usage-export";

const partnerId = "org-1001";
const exportId = "earlier";
/** An export that is over, and its chunks. */
const overWith = (...rows: ReturnType<typeof aChunkRow>[]) =>
  aTableWith(anExportRow({ id: exportId, state: "finished", chunks: rows.length, allChunks: rows.length }), ...rows);
const aDoneChunk = (number: number, receipts = [aReceipt()]) =>
  aChunkRow({ exportId, number, content: { state: "done", receipts } });

it("has every line again that ended other than accepted or unchanged", async () => {
  const receipts = lineOutcome.options.map((outcome) => aReceipt({ customerId: outcome, outcome }));
  const isRetried = await readRetriedLines(await overWith(aDoneChunk(0, receipts)), partnerId, exportId);

  const again = lineOutcome.options.filter((customerId) => isRetried(aLine({ customerId })));

  expect(again).toEqual(["unmapped", "rejected", "deferred", "superseded"]);
});

it("knows a customer's lines apart", async () => {
  const receipts = [aReceipt({ outcome: "rejected", serviceId: "a" }), aReceipt({ serviceId: "b" })];
  const isRetried = await readRetriedLines(await overWith(aDoneChunk(0, receipts)), partnerId, exportId);

  expect(["a", "b", "c"].map((serviceId) => isRetried(aLine({ serviceId })))).toEqual([true, false, false]);
});

it("reads all chunks, and none that a plan which was given up has left behind them", async () => {
  const customers = Array.from({ length: 120 }, (_, index) => `cust-${index}`);
  const chunks = customers.map((customerId, number) =>
    aDoneChunk(number, [aReceipt({ customerId, outcome: "deferred" })]),
  );
  const left = aChunkRow({
    exportId,
    number: 120,
    content: { state: "planned", lines: [aLine({ customerId: "left" })] },
  });
  const theirs = aChunkRow({
    exportId: "other",
    content: { state: "done", receipts: [aReceipt({ customerId: "x", outcome: "deferred" })] },
  });
  const table = await overWith(...chunks);
  await table.put(left);
  await table.put(theirs);
  const isRetried = await readRetriedLines(table, partnerId, exportId);

  expect(customers.filter((customerId) => !isRetried(aLine({ customerId })))).toEqual([]);
  expect(["x", "left"].filter((customerId) => isRetried(aLine({ customerId })))).toEqual([]);
});

it("has the lines of chunks that nobody began before the run was closed", async () => {
  const left = aChunkRow({
    exportId,
    number: 1,
    content: { state: "planned", lines: [aLine({ customerId: "late" })] },
  });
  const isRetried = await readRetriedLines(await overWith(aDoneChunk(0), left), partnerId, exportId);

  expect(isRetried(aLine({ customerId: "late" }))).toBe(true);
  expect(isRetried(aLine())).toBe(false);
});

it("has no line that was unchanged: it lies behind the chunks that were to be sent", async () => {
  const unchanged = aChunkRow({
    exportId,
    number: 1,
    content: { state: "done", receipts: [aReceipt({ customerId: "same", outcome: "unchanged" })] },
  });
  const table = await aTableWith(
    anExportRow({ id: exportId, state: "finished", chunks: 1, allChunks: 2 }),
    aDoneChunk(0, [aReceipt({ outcome: "deferred" })]),
    unchanged,
  );
  const isRetried = await readRetriedLines(table, partnerId, exportId);

  expect(isRetried(aLine({ customerId: "same" }))).toBe(false);
  expect(isRetried(aLine())).toBe(true);
});

it("finds an export that was kept before there were retries", async () => {
  const { retryOf: _, ...row } = anExportRow({ id: exportId });
  const table = await aTableWith({ ...row, pk: row.pk, sk: row.sk, version: row.version });

  expect(await findExport(table, partnerId, exportId)).toMatchObject({ retryOf: null });
});
