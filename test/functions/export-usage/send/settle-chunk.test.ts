import { expect, it } from "vitest";
import { settleChunk } from "#functions/export-usage/send/settle-chunk";
import { findChunk } from "#shared/exports/chunk";
import { isConflict } from "#shared/table/table";
import { bucketWrite, readBucket } from "#shared/usage/ledger";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";
import { aChunk, aChunkRow, aLedgerEntry, aLedgerRow, aLine, anExport } from "#test/builders/usage-export";

const place = { partnerId: "org-1001", bits: 0, number: 0 };
const accepted = {
  answer: { kind: "accepted" },
  wasInDoubt: false,
  sentAt: Date.parse(noon),
} as const;

it("writes nothing where another worker has written the row of the ledger since it was read", async () => {
  const line = aLine();
  const chunk = aChunk({ content: { state: "sending", lines: [line], intents: [{ at: 0, unitCount: 17 }] } });
  const table = await aTableWith(aChunkRow(chunk), aLedgerRow([aLedgerEntry()]));
  const bucket = await readBucket(table, place, "connection-1");
  const others = aLedgerEntry({ accepted: { unitCount: 99, at: noon, gen: 0 } });
  await table.transact([bucketWrite({ ...bucket, entries: new Map(bucket.entries).set("others", others) })]);

  const settling = settleChunk({
    table,
    run: anExport(),
    prepared: {
      chunk,
      bucket,
      lines: [{ line, unitCount: 17, asOf: noon, entry: undefined, left: undefined, verdict: "send" }],
    },
    bucket,
    ends: [accepted],
    owes: { stopped: false, untried: false },
  });

  await expect(settling).rejects.toSatisfy(isConflict);
  expect((await findChunk(table, chunk.partnerId, chunk.exportId, chunk.number))?.content.state).toBe("sending");
});
