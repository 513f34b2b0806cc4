import { type Chunk, chunkWrite } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import type { Table } from "#shared/table/table";
import { type Bucket, bucketWrite, lineKey } from "#shared/usage/ledger";
import { entryAfter, type Verdict, verdictOf } from "./line-decision.ts";
import type { PreparedChunk, PreparedLine } from "./prepare-chunk.ts";
import type { CountResult } from "./send-count.ts";

/** How a line of this run ended: after a call, or without one. */
export type LineEnd = CountResult | Verdict;

const isCall = (end: LineEnd): end is CountResult => "answer" in end;

const receiptOf = ({ line, unitCount, asOf, entry }: PreparedLine, end: LineEnd): Receipt => ({
  customerId: line.customerId,
  customerName: line.customerName,
  serviceId: line.serviceId,
  serviceName: line.serviceName,
  unitCount,
  previousUnitCount: entry?.accepted?.unitCount ?? null,
  asOf,
  ...(isCall(end) ? verdictOf(end.answer) : end),
  sentAt: isCall(end) ? new Date(end.sentAt).toISOString() : null,
});

interface Settling {
  table: Table;
  prepared: PreparedChunk;
  /** The ledger's row as it is now; chunks of one row are settled one after the other. */
  bucket: Bucket;
  ends: LineEnd[];
  writesLedger: boolean;
}

/**
 * Writes down what became of a chunk: first what Gradient holds, then the receipts. After a crash between the two, the
 * chunk's numbers are sent once more, which changes nothing in Gradient.
 */
export const settleChunk = async ({ table, prepared, bucket, ends, writesLedger }: Settling) => {
  const entries = new Map(bucket.entries);
  const receipts = prepared.lines.map((preparedLine, index): Receipt => {
    const end = ends[index];
    if (end === undefined) throw new Error("A line of the chunk has no end");
    const { line, unitCount, entry } = preparedLine;
    const { customerId, serviceId } = line;
    if (isCall(end)) {
      const { answer, wasInDoubt, sentAt } = end;
      const sent = { customerId, serviceId, unitCount, answer, wasInDoubt, at: sentAt };
      entries.set(lineKey(line), entryAfter(entry, sent));
    } else if (entry) {
      entries.set(lineKey(line), entry);
    }
    return receiptOf(preparedLine, end);
  });
  let settledBucket = bucket;
  // a run of changes has nothing new for most rows
  const isNew = [...entries].some(([key, entry]) => bucket.entries.get(key) !== entry);
  if (writesLedger && isNew) {
    const { put, expect } = bucketWrite({ ...bucket, entries });
    await table.put(put, expect);
    settledBucket = { ...bucket, entries, version: bucket.version + 1 };
  }
  const done: Chunk = { ...prepared.chunk, content: { state: "done", receipts } };
  const { put, expect } = chunkWrite(done);
  await table.put(put, expect);
  return { receipts, bucket: settledBucket };
};
