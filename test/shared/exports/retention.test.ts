import { expect, it } from "vitest";
import { exportWrite } from "#shared/exports/usage-export";
import { aChunkRow, anExport } from "#test/builders/usage-export";

const days = (from: string, expiresAt: unknown): number =>
  Math.round((Number(expiresAt) - Date.parse(from) / 1000) / 86_400);

it.each([
  ["a run", "run-1", 400],
  // a partner that maps is looked at many times a day, and nobody asks for the receipts of a look
  ["a look", "look-1", 8],
])("%s and its chunks go on the same day", (_, id, kept) => {
  const run = anExport({ id });
  const { createdAt, partnerId } = run;
  const rows = [exportWrite(run).put, aChunkRow({ partnerId, exportId: id, createdAt })];

  expect(rows.map(({ expiresAt }) => days(createdAt, expiresAt))).toEqual([kept, kept]);
});
