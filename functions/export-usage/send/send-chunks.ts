import { closingChunks, findChunk } from "#shared/exports/chunk";
import { stopVerdict } from "#shared/exports/verdicts";
import { lineKey } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import { ledgerInUse } from "./ledger-in-use.ts";
import { lineDispatcher } from "./line-dispatcher.ts";
import { type PreparedChunk, prepareChunk } from "./prepare-chunk.ts";
import { rebuildViews } from "./rebuild-views.ts";
import type { LineEnd } from "./settle-chunk.ts";
import { settleInOrder } from "./settle-in-order.ts";

/** With less time a worker begins no chunk: calls under way may be repeated or time out, and want their receipts. */
export const handOverMs = 75_000;
// Receipts alone, of all chunks that may be open, are written within some seconds. No call is made meanwhile.
const settleMs = 10_000;

const isSent = ({ verdict }: PreparedChunk["lines"][number]): boolean => verdict === "send";

const callsOf = ({ lines }: PreparedChunk): number => lines.filter(isSent).length;

/**
 * Carries a run from its next chunk on. A chunk's numbers are read while the chunk before is being sent, and calls of
 * several chunks are under way at a time. Once the run is stopped, or its calls are too many for Gradient for long, its
 * remaining lines end without being sent. Answers `hand-over` when the time of this invocation is nearly up. What a
 * refusal has left open is settled first, for only this worker knows what was answered: the next one would take each
 * number for one that may have been sent.
 */
export const sendChunks = async (run: ExportRun): Promise<"sent" | "hand-over"> => {
  const { table, clock, lease, halt, services } = run;
  const { partnerId, id: exportId, nextChunk, chunks } = lease.current();
  const count = chunks ?? 0;
  const dispatcher = lineDispatcher(run);
  const ledger = ledgerInUse(run);
  const settlement = settleInOrder(run, ledger);

  /** By line, what this worker has noted before a refusal, of the chunks that it has not prepared anew. */
  const noted = new Set([...run.heard.keys(), ...run.notTaken.keys()]);

  for (const { bucket } of run.prepared.values()) ledger.written(bucket);
  const readAndPrepare = async (number: number, mayCall: boolean): Promise<PreparedChunk> => {
    const chunk = await findChunk(table, partnerId, exportId, number);
    if (!chunk) throw new Error("A planned chunk is missing");
    const bucket = await ledger.row(chunk.bucket);
    const obstacle = await run.obstacle();
    if (obstacle !== null) halt.meet({ kind: "blocked", reason: obstacle });
    const stop = halt.stop();
    const stopped = stop && stopVerdict(stop.reason);
    return prepareChunk(
      {
        table,
        services,
        run: lease.current(),
        heard: run.heard,
        notTaken: run.notTaken,
        refusedLines: run.refusedLines,
        stopped,
        hasGivenUp: dispatcher.hasGivenUp() || !mayCall,
        now: clock.now(),
      },
      chunk,
      bucket,
    );
  };

  const prepare = async (number: number, mayCall: boolean): Promise<PreparedChunk> => {
    const prepared = run.prepared.get(number) ?? (await readAndPrepare(number, mayCall));
    for (const { line } of prepared.lines) noted.delete(lineKey(line));
    for (const { line, left } of prepared.lines.filter(isSent)) run.notTaken.set(lineKey(line), left);
    return prepared;
  };

  /** Preparing notes numbers as about to be sent, so a chunk that the next invocation will send is not prepared. */
  const prefetch = (number: number): Promise<PreparedChunk> | undefined => {
    const leftMs = run.remainingMs();
    const mayCall = leftMs >= handOverMs;
    if (number >= count || !(mayCall || (noted.size > 0 && leftMs >= settleMs))) return undefined;
    const prepared = prepare(number, mayCall);
    // At once, and not when its turn comes: reserved for one chunk at a time, the last block of each is a short one.
    prepared.then(
      (chunk) => run.pacer.expect(callsOf(chunk)),
      (error: unknown) => halt.fail(error),
    );
    return prepared;
  };

  /** How many chunks come after it, in its group. */
  const toEndOf = ({ chunk }: PreparedChunk, number: number): number => chunk.toEnd ?? count - 1 - number;

  const sendChunk = async (prepared: PreparedChunk, number: number): Promise<void> => {
    // Gradient rebuilds its views once calls stop, unless a call asks it not to. Those of the last chunks do not ask
    // it, so that none of them has to wait for another; the last of all goes out when each that did ask is answered.
    const toEnd = toEndOf(prepared, number);
    const rebuildsViews = toEnd < closingChunks;
    const closing = toEnd === 0 ? prepared.lines.findLastIndex(isSent) : -1;
    const pending: Promise<LineEnd>[] = [];
    for (const [index, line] of prepared.lines.entries()) {
      if (index === closing) await dispatcher.quietAnswered();
      pending.push((await dispatcher.dispatch(line, rebuildsViews)).end);
    }
    await settlement.add(prepared, pending, () => toEnd === 0 && dispatcher.areViewsRebuilt());
  };

  /**
   * Gradient may refuse the next group and end the run, and the one after it, and so on: what it took before is to be
   * seen first. Until that is done, no line of the next group is decided: its number may be one that is repeated here.
   */
  const showGroup = async (): Promise<void> => {
    await Promise.all([settlement.ended(), dispatcher.drained()]);
    halt.rethrow();
    if (dispatcher.hasGivenUp()) return;
    await rebuildViews(run);
    halt.rethrow();
  };

  let number = nextChunk;
  let coming = prefetch(number);
  try {
    for (; coming; number += 1) {
      const prepared = await coming;
      const endsGroup = toEndOf(prepared, number) === 0 && number + 1 < count;
      coming = endsGroup ? undefined : prefetch(number + 1);
      await sendChunk(prepared, number);
      halt.rethrow();
      if (!endsGroup) continue;
      await showGroup();
      coming = prefetch(number + 1);
    }
  } catch (error) {
    halt.fail(error);
    // whoever goes on after a refusal finds its numbers noted, and by whom
    const left = await coming?.catch(() => undefined);
    // other runs share the moments that were expected for it
    if (left) run.pacer.expect(-callsOf(left));
  }
  // when this worker lets the run go, none of its calls may be under way and no receipt unwritten
  await Promise.all([settlement.ended(), dispatcher.drained()]);
  halt.rethrow();
  return number < count ? "hand-over" : "sent";
};
