import { UnreadableRecord } from "../../errors.ts";
import { logFailure } from "../../log-failure.ts";
import type { OpenWord } from "../../stored.ts";
import { isConflict, store, type Table } from "../../table/table.ts";
import { doubtAbout } from "../../usage/doubt.ts";
import { bucketWrite, type Ledger, type LedgerEntry, lineKey, readBucket } from "../../usage/ledger.ts";
import { type Chunk, chunkWrite, findChunk, type Intent } from "../chunk.ts";
import { addLeftOver } from "../left-over.ts";
import { addOutcomes, type Line, type Receipt, settledLines } from "../line.ts";
import type { StopReason, UsageExport } from "../usage-export.ts";
import { receiptWithoutWorker, stopVerdict } from "../verdicts.ts";
import { oweViews } from "./owe-views.ts";

interface Dependencies {
  table: Pick<Table, "get" | "put">;
  now: Date;
  /** How long after it was sent a lost call may still land in Gradient. */
  landsWithinMs: number;
}

/** A worker has at most so many chunks open at a time; behind those, nothing was ever begun. */
export const maxOpenChunks = 40;
// one is being prepared while the others are open
const chunksThatMayBeBegun = maxOpenChunks + 2;

const withDoubt = (
  entry: LedgerEntry | undefined,
  line: Line,
  { unitCount }: Intent,
  now: Date,
  until: string,
): LedgerEntry => ({
  customerId: line.customerId,
  serviceId: line.serviceId,
  accepted: entry?.accepted ?? null,
  last: entry?.last ?? { outcome: "deferred", at: now.toISOString() },
  owed: "no-answer",
  doubt: doubtAbout(unitCount, until, entry?.doubt),
});

/**
 * Closes what a worker has begun and will not end: every number that it may have sent becomes a doubt of the ledger,
 * and its chunks are written anew, so that a worker that was only held up can no longer send from them. Answers the run
 * with the outcomes of all its lines; chunks that nobody began stay as they are, and pass for left over.
 */
export const abandonExport = async (
  { table, now, landsWithinMs }: Dependencies,
  ledger: Ledger,
  run: UsageExport,
  stop: OpenWord<StopReason>,
): Promise<UsageExport> => {
  const stopped: UsageExport = { ...run, stop: run.stop ?? stop };
  const verdict = stopVerdict(stopped.stop ?? stop);
  const { partnerId, id: exportId, chunks, nextChunk, mode } = stopped;
  if (chunks === null) return stopped;
  // a worker that is held up sends for as long as it believes to have the run
  const lastSentAt = Math.max(now.getTime(), Date.parse(run.lease?.until ?? now.toISOString()));
  const until = new Date(lastSentAt + landsWithinMs).toISOString();

  const noteDoubts = async (chunk: Chunk, lines: Line[], intents: Intent[]): Promise<void> => {
    for (;;) {
      const bucket = await readBucket(
        table,
        { partnerId, bits: ledger.bits, number: chunk.bucket },
        ledger.connectionId,
      );
      const entries = new Map(bucket.entries);
      for (const intent of intents) {
        const line = lines[intent.at];
        if (line) entries.set(lineKey(line), withDoubt(entries.get(lineKey(line)), line, intent, now, until));
      }
      try {
        return await store(table, bucketWrite({ ...bucket, entries }));
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  };

  const settle = async (chunk: Chunk): Promise<Receipt[]> => {
    const { content } = chunk;
    if (content.state === "done") return content.receipts;
    const intents = content.state === "sending" ? content.intents : [];
    if (intents.length > 0 && mode !== "dry-run") await noteDoubts(chunk, content.lines, intents);
    const byPlace = new Map(intents.map((intent) => [intent.at, intent]));
    const receipts = content.lines.map((line, at) => receiptWithoutWorker(line, verdict, byPlace.get(at)));
    await store(table, chunkWrite({ ...chunk, content: { state: "done", receipts } }));
    return receipts;
  };

  let totals = stopped.totals;
  let leftOver = stopped.leftOver;
  let { acceptedLine } = stopped;
  // one by one: together they may be more than a page holds, and one that cannot be read must not pass for one that
  // nobody began
  for (let number = nextChunk; number < Math.min(chunks, nextChunk + chunksThatMayBeBegun); number += 1) {
    const chunk = await findChunk(table, partnerId, exportId, number);
    if (!chunk) throw new Error("A planned chunk is missing");
    const receipts = await settle(chunk);
    totals = addOutcomes(totals, receipts);
    leftOver = addLeftOver(leftOver, receipts, until);
    const accepted = receipts.findLast(({ outcome }) => outcome === "accepted");
    if (accepted) acceptedLine = { customerId: accepted.customerId, serviceId: accepted.serviceId };
  }
  const viewsRebuilt = stopped.viewsRebuilt && acceptedLine === stopped.acceptedLine;
  const abandoned = { ...stopped, totals, leftOver, acceptedLine, viewsRebuilt };
  await oweViews(table, ledger, abandoned).catch((error: unknown) => {
    // what is at stake is when a count is seen, not which: nobody is kept from leaving for it
    if (!(error instanceof UnreadableRecord)) throw error;
    logFailure("what a run has sent is in no view yet, and its row of the ledger cannot be read", error);
  });
  return withRestDeferred(abandoned);
};

/** The run with all lines that nobody came to counted as left over. */
export const withRestDeferred = (run: UsageExport): UsageExport => {
  const { totals, leftOver } = run;
  const rest = totals.lines - settledLines(totals);
  return {
    ...run,
    totals: { ...totals, deferred: totals.deferred + rest },
    leftOver: { ...leftOver, lines: leftOver.lines + rest },
  };
};
