import { type Chunk, chunkWrite } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import type { UsageExport } from "#shared/exports/usage-export";
import { type Verdict, verdicts } from "#shared/exports/verdicts";
import { store, type Table, written } from "#shared/table/table";
import { type Bucket, bucketWrite, lineKey } from "#shared/usage/ledger";
import { entryAfter, entryWithout, type Owes, verdictOf } from "./line-decision.ts";
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
  unitCount: end === verdicts.notMeasured ? null : unitCount,
  previousUnitCount: entry?.accepted?.unitCount ?? null,
  asOf,
  ...(isCall(end) ? verdictOf(end.answer) : end),
  sentAt: isCall(end) ? new Date(end.sentAt).toISOString() : null,
});

interface Settling {
  table: Pick<Table, "put">;
  run: UsageExport;
  prepared: PreparedChunk;
  /** The ledger's row as it is now; chunks of one row are settled one after the other. */
  bucket: Bucket;
  ends: LineEnd[];
  owes: Owes;
}

/**
 * Writes down what became of a chunk: first what Gradient holds, then the receipts. After a crash between the two, the
 * chunk's numbers are sent once more, which changes nothing in Gradient.
 */
export const settleChunk = async ({ table, run, prepared, bucket, ends, owes }: Settling) => {
  const entries = new Map(bucket.entries);
  const { proofGen } = run;
  const receipts = prepared.lines.map((preparedLine, index): Receipt => {
    const end = ends[index];
    if (end === undefined) throw new Error("A line of the chunk has no end");
    const { line, unitCount, entry } = preparedLine;
    const { customerId, serviceId } = line;
    const after = isCall(end)
      ? entryAfter(entry, {
          customerId,
          serviceId,
          unitCount,
          answer: end.answer,
          wasInDoubt: end.wasInDoubt,
          at: end.sentAt,
          proofGen,
        })
      : entryWithout(entry, line, end, owes);
    if (after) entries.set(lineKey(line), after);
    return receiptOf(preparedLine, end);
  });
  let settledBucket = bucket;
  // a run of changes has nothing new for most rows
  const isNew = [...entries].some(([key, entry]) => bucket.entries.get(key) !== entry);
  if (run.mode !== "dry-run" && isNew) {
    const changed = { ...bucket, entries };
    await store(table, bucketWrite(changed));
    settledBucket = written(changed);
  }
  const done: Chunk = { ...prepared.chunk, content: { state: "done", receipts } };
  await store(table, chunkWrite(done));
  return { receipts, bucket: settledBucket };
};
