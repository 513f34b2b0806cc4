import { maxOpenChunks } from "#shared/exports/ending/abandon-export";
import { addLeftOver, isKeptBack } from "#shared/exports/left-over";
import { addOutcomes, type Receipt } from "#shared/exports/line";
import type { UsageExport } from "#shared/exports/usage-export";
import { verdicts } from "#shared/exports/verdicts";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { lineKey } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import type { LedgerInUse } from "./ledger-in-use.ts";
import type { PreparedChunk } from "./prepare-chunk.ts";
import { type LineEnd, settleChunk } from "./settle-chunk.ts";

/**
 * Leaves Gradient's views as they are: no call went out, or Gradient had too many to look at it. One that it refused
 * may have kept it from rebuilding them (ADR 16).
 */
const leavesViews = ({ sentAt, reason }: Receipt): boolean => sentAt === null || reason === verdicts.throttled.reason;

/** The run with this chunk's receipts counted; once only, whoever saves it and however often. */
const withChunk = (
  current: UsageExport,
  number: number,
  receipts: Receipt[],
  { viewsRebuilt, now }: { viewsRebuilt: boolean; now: number },
): UsageExport => {
  if (current.nextChunk > number) return current;
  const accepted = receipts.filter(({ outcome }) => outcome === "accepted");
  const last = accepted.at(-1);
  const { suspectsFrom } = current;
  const missesOthers = number < (suspectsFrom ?? 0) && receipts.some(isKeptBack);
  return {
    ...current,
    nextChunk: number + 1,
    suspectsFrom: missesOthers ? null : suspectsFrom,
    totals: addOutcomes(current.totals, receipts),
    // no doubt that was noted by now reaches further
    leftOver: addLeftOver(current.leftOver, receipts, new Date(now + landsWithinMs).toISOString()),
    // what is sent after it may be in no view yet
    viewsRebuilt: viewsRebuilt || (current.viewsRebuilt && receipts.every(leavesViews)),
    // not the whole receipt: above a kilobyte each checkpoint costs two write units
    acceptedLine: last ? { customerId: last.customerId, serviceId: last.serviceId } : current.acceptedLine,
    acceptedServiceIds: [...new Set([...current.acceptedServiceIds, ...accepted.map(({ serviceId }) => serviceId)])],
    progressAt: new Date(now).toISOString(),
  };
};

/**
 * Settles each chunk as soon as its last line has ended, and counts it in the export once all chunks before it are
 * counted: a line that is repeated for long keeps back the count and nothing else.
 */
export const settleInOrder = (run: ExportRun, ledger: LedgerInUse) => {
  const { table, lease, halt, clock } = run;
  /** By row of the ledger: its latest chunk. Two chunks of one row are settled one after the other. */
  const latestOfRow = new Map<number, Promise<Receipt[]>>();
  /** The latest checkpoints: where there are many, the first must be done before there is room for another chunk. */
  const open: Promise<void>[] = [];
  let lastCounted: Promise<void> = Promise.resolve();

  const writeReceipts = async (prepared: PreparedChunk, ends: LineEnd[]): Promise<Receipt[]> => {
    const { content, bucket: number } = prepared.chunk;
    // settled by a worker that died before it could say so in the export
    if (content.state === "done") return content.receipts;
    const bucket = await ledger.row(number);
    const stop = halt.stop();
    // before any line ends with it: whoever takes over from a dead worker must not take such a line for one that was
    // tried
    if (stop !== null && lease.current().stop === null) {
      await lease.save((newest) => ({ ...newest, stop: newest.stop ?? stop.reason }));
    }
    const current = lease.current();
    const isOfSuspects = prepared.chunk.number >= (current.suspectsFrom ?? Number.POSITIVE_INFINITY);
    const owes = {
      // of all others, a want of everything brings them
      stopped: stop !== null && stop.reason !== "cancelled" && (current.kind === "narrowed" || isOfSuspects),
      // a look has its own choice of lines, and takes one that is noted for one that was tried
      untried: current.kind !== "look",
    };
    const settled = await settleChunk({
      table,
      run: current,
      prepared,
      bucket,
      ends,
      owes,
    });
    ledger.written(settled.bucket);
    for (const { line } of prepared.lines) {
      run.heard.delete(lineKey(line));
      run.notTaken.delete(lineKey(line));
    }
    return settled.receipts;
  };

  const settle = async (
    before: Promise<Receipt[]> | undefined,
    prepared: PreparedChunk,
    pending: Promise<LineEnd>[],
  ): Promise<Receipt[]> => {
    await before;
    const ends = await Promise.all(pending);
    halt.rethrow();
    return writeReceipts(prepared, ends);
  };

  const count = async (
    before: Promise<void>,
    { chunk: { number, bucket } }: PreparedChunk,
    settled: Promise<Receipt[]>,
    areViewsRebuilt: () => boolean,
  ): Promise<void> => {
    const [receipts] = await Promise.all([settled, before]);
    halt.rethrow();
    const viewsRebuilt = areViewsRebuilt();
    // before the checkpoint: whoever takes over from a dead worker does not come back to a chunk that is counted
    await run.onSettled(receipts);
    const counted = (current: UsageExport) => withChunk(current, number, receipts, { viewsRebuilt, now: clock.now() });
    // Nothing comes after the last one but the run's end, which is written in a moment. Whoever takes over from a
    // worker that has died before it finds the receipts in the chunk.
    if (number + 1 === lease.current().chunks) lease.amend(counted);
    else await lease.save(counted);
    // a later chunk of the row, should there be one, may have been begun; else it reads the row as it is written
    if (latestOfRow.get(bucket) !== settled) return;
    latestOfRow.delete(bucket);
    ledger.forget(bucket);
  };

  return {
    /** Takes a chunk whose calls have been started, and resolves when another one may be. */
    add: async (
      prepared: PreparedChunk,
      pending: Promise<LineEnd>[],
      areViewsRebuilt: () => boolean,
    ): Promise<void> => {
      const { bucket } = prepared.chunk;
      const settled = settle(latestOfRow.get(bucket), prepared, pending);
      latestOfRow.set(bucket, settled);
      lastCounted = count(lastCounted, prepared, settled, areViewsRebuilt);
      lastCounted.catch((error: unknown) => halt.fail(error));
      open.push(lastCounted);
      if (open.length >= maxOpenChunks) await open.shift();
    },
    /** Resolves when nothing is being written any more, whether it went well or not. */
    ended: async (): Promise<void> => void (await Promise.allSettled([...latestOfRow.values(), lastCounted])),
  };
};
