import { findChunk } from "#shared/exports/chunk";
import { addOutcomes, type Receipt } from "#shared/exports/line";
import type { UsageExport } from "#shared/exports/usage-export";
import { type Bucket, readBucket } from "#shared/usage/ledger";
import { type ExportRun, stopVerdicts } from "./export-run.ts";
import { verdicts } from "./line-decision.ts";
import { lineDispatcher } from "./line-dispatcher.ts";
import { type PreparedChunk, prepareChunk } from "./prepare-chunk.ts";
import { type LineEnd, settleChunk } from "./settle-chunk.ts";

// Half a minute's worth of chunks: as long as a line may be repeated, the ones behind its chunk go on; their number must end somewhere.
const maxOpenChunks = 40;
/** A worker prepares no more chunks when it has less time left: the calls under way are repeated or time out, and have their receipts. */
export const handOverMs = 75_000;

const isAccepted = (end: LineEnd | undefined): boolean =>
  end !== undefined && "answer" in end && end.answer.kind === "accepted";

/** The run with this chunk's receipts counted; once only, whoever saves it and however often. */
const withChunk = (current: UsageExport, number: number, receipts: Receipt[], viewsRebuilt: boolean): UsageExport => {
  if (current.nextChunk > number) return current;
  const accepted = receipts.filter(({ outcome }) => outcome === "accepted");
  return {
    ...current,
    nextChunk: number + 1,
    totals: addOutcomes(current.totals, receipts),
    viewsRebuilt: current.viewsRebuilt || viewsRebuilt,
    awaitsService: current.awaitsService || receipts.some(({ reason }) => reason === verdicts.noService.reason),
    acceptedLine: accepted.at(-1) ?? current.acceptedLine,
    acceptedServiceIds: [...new Set([...current.acceptedServiceIds, ...accepted.map(({ serviceId }) => serviceId)])],
  };
};

/**
 * Carries a run from its next chunk on: reads a chunk's numbers, sends them, and writes its receipts as soon as its last line has
 * ended. The calls of several chunks are under way at a time; they are counted in order, so a line that is repeated for long keeps
 * back the count and nothing else. Stopped, it ends the remaining lines without sending them. Answers `hand-over` when the
 * time of this invocation is nearly up.
 */
export const sendChunks = async (run: ExportRun): Promise<"sent" | "hand-over"> => {
  const { table, clock, lease, halt } = run;
  const { partnerId, id: exportId, mode, nextChunk } = lease.current();
  const count = lease.current().chunks ?? 0;
  const dispatcher = lineDispatcher(run);
  const buckets = new Map<number, Bucket>();
  const open: Promise<void>[] = [];
  /** By row of the ledger: the chunk that wrote to it last. Two of one row are settled one after the other. */
  const settling = new Map<number, Promise<Receipt[]>>();
  let checkpoint: Promise<void> = Promise.resolve();

  /**
   * Throws `LeaseLost` when it is not. Asked between the reading of a row and its writing: the conditions on versions do not stop a worker
   * that was held up and has read what its successor wrote.
   */
  const stillOurs = () => lease.keep();

  const bucketNow = async (number: number): Promise<Bucket> => {
    const known = buckets.get(number);
    if (known) return known;
    const read = await readBucket(table, { partnerId, bits: run.ledgerBits, number }, run.connectionId);
    buckets.set(number, read);
    return read;
  };

  const prepare = async (number: number): Promise<PreparedChunk> => {
    const chunk = await findChunk(table, partnerId, exportId, number);
    if (!chunk) throw new Error("A planned chunk is missing");
    const bucket = await bucketNow(chunk.bucket);
    await stillOurs();
    const stop = halt.stop();
    const stopped = stop && stopVerdicts[stop];
    const dependencies = { table, services: run.services, mode, stopped, now: clock.now() };
    return prepareChunk(dependencies, chunk, bucket);
  };

  const receiptsOf = async (prepared: PreparedChunk, ends: LineEnd[]): Promise<Receipt[]> => {
    const { content, bucket: number } = prepared.chunk;
    // settled by a worker that died before it could say so in the export
    if (content.state === "done") return content.receipts;
    const bucket = await bucketNow(number);
    await stillOurs();
    const result = await settleChunk({
      table,
      prepared,
      bucket,
      ends,
      writesLedger: mode !== "dry-run",
    });
    buckets.set(number, result.bucket);
    return result.receipts;
  };

  const settle = (prepared: PreparedChunk, pending: Promise<LineEnd>[]): Promise<Receipt[]> => {
    const { bucket } = prepared.chunk;
    const before = settling.get(bucket);
    const settled = (async () => {
      await before;
      const ends = await Promise.all(pending);
      halt.rethrow();
      return receiptsOf(prepared, ends);
    })();
    settling.set(bucket, settled);
    return settled;
  };

  /** In order. Who takes over from a dead worker does not come back to a chunk that is counted: what follows from it comes before. */
  const countIn = async (
    before: Promise<void>,
    { chunk: { number, bucket } }: PreparedChunk,
    settled: Promise<Receipt[]>,
    viewsRebuilt: boolean,
  ): Promise<void> => {
    const [receipts] = await Promise.all([settled, before]);
    halt.rethrow();
    await run.onSettled(receipts);
    await lease.save((current) => withChunk(current, number, receipts, viewsRebuilt));
    // chunks come in the order of their rows: no later one needs the rows before this
    for (const passed of buckets.keys()) {
      if (passed >= bucket) continue;
      buckets.delete(passed);
      settling.delete(passed);
    }
  };

  const sendChunk = async (prepared: PreparedChunk, isLast: boolean): Promise<void> => {
    const { lines } = prepared;
    // Gradient rebuilds its views once calls stop, unless the last one asked it not to: the run's last call goes out alone
    const closing = isLast ? lines.findLastIndex(({ verdict }) => verdict === "send") : -1;
    const pending: Promise<LineEnd>[] = [];
    for (const [index, line] of lines.entries()) {
      if (index === closing) {
        await checkpoint;
        await Promise.all(pending);
      }
      pending.push((await dispatcher.dispatch(line, index === closing)).end);
    }
    const viewsRebuilt = closing >= 0 && isAccepted(await pending[closing]);
    checkpoint = countIn(checkpoint, prepared, settle(prepared, pending), viewsRebuilt);
    checkpoint.catch((error: unknown) => halt.fail(error));
    open.push(checkpoint);
    if (open.length >= maxOpenChunks) await open.shift();
  };

  const inTime = () => run.remainingMs() >= handOverMs;
  const prefetch = (number: number): Promise<PreparedChunk> | undefined => {
    // what is prepared is noted as about to be sent, so nothing is prepared that is left to the next invocation
    if (number >= count || !inTime()) return undefined;
    const prepared = prepare(number);
    prepared.catch((error: unknown) => halt.fail(error));
    return prepared;
  };

  let number = nextChunk;
  try {
    for (let coming = prefetch(number); coming; number += 1) {
      const prepared = await coming;
      run.pacer.expect(prepared.lines.filter(({ verdict }) => verdict === "send").length);
      coming = prefetch(number + 1);
      await sendChunk(prepared, number + 1 === count);
      halt.rethrow();
    }
  } catch (error) {
    halt.fail(error);
  }
  // no call of this worker may be under way, and no receipt unwritten, when it lets the run go
  await Promise.allSettled([...settling.values(), checkpoint, dispatcher.drained()]);
  halt.rethrow();
  return number < count ? "hand-over" : "sent";
};
