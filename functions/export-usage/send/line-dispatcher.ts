import { stopVerdict, unansweredBefore, verdicts } from "#shared/exports/verdicts";
import { lineKey } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import { isRefusal } from "./halt.ts";
import type { PreparedLine } from "./prepare-chunk.ts";
import { sendCount } from "./send-count.ts";
import type { LineEnd } from "./settle-chunk.ts";
import { newViewsProof } from "./views-proof.ts";

// as many seconds' worth of calls may be under way: so long Gradient may take to answer before it slows the run
const inFlightSeconds = 2;

/** Starts the calls of a run's lines in their order, each when the one before has gone out. */
export const lineDispatcher = (run: ExportRun) => {
  const { lease, halt, pacer, patience, token } = run;
  const maxInFlight = run.callsPerSecond * inFlightSeconds;
  const send = sendCount(run);
  const views = newViewsProof();
  let inFlight = 0;
  /** Of these, the calls that do not have Gradient rebuild its views. */
  let quietInFlight = 0;
  let waiting: (() => void)[] = [];
  const anEnd = () => new Promise<void>((resolve) => waiting.push(resolve));

  /** Renews the lease as well: while lines are being repeated there may be no checkpoint that does. */
  const mayCall = async (): Promise<boolean> => {
    try {
      await lease.keep();
    } catch (error) {
      halt.fail(error);
    }
    return halt.cause() === null && !patience.isOver() && lease.isSafe();
  };

  /**
   * Before a call waits for its slot. What came in everybody's way meanwhile ends the run here, and not only with its
   * next chunk: an outage is tried by one call, not by thousands.
   */
  const mayBegin = async (): Promise<boolean> => {
    try {
      const outage = await run.outage();
      if (outage !== null) halt.meet({ kind: "blocked", reason: outage });
    } catch (error) {
      halt.fail(error);
    }
    return mayCall();
  };
  const mayRepeat = async (): Promise<boolean> => !patience.triesOnce() && mayBegin();

  /** How a line ends whose call never went out; `left`: what a dead worker may have sent. */
  const unsent = (left: PreparedLine["left"]): LineEnd => {
    const stop = halt.stop();
    if (stop !== null) {
      const verdict = stopVerdict(stop.reason);
      return left === undefined ? verdict : unansweredBefore(verdict);
    }
    if (patience.isOver()) return left === undefined ? verdicts.untried : verdicts.noAnswerBeforeStop;
    // after a 429 with a long pause, the slot may have been later than the lease's end
    halt.fail(new Error("The lease ran out before it could be renewed"));
    // after a failure no chunk is settled, so it does not matter what is said here: the next worker sends the line
    return verdicts.noAnswer;
  };

  const call = async (
    { line, unitCount, asOf, entry, left }: PreparedLine,
    rebuildsViews: boolean,
    goesOut: () => void,
  ): Promise<LineEnd> => {
    if (token === null) return stopVerdict("not-connected");
    const serviceId = run.services.get(line.serviceId)?.gradientServiceId ?? "";
    const viewsCall = views.call(rebuildsViews);
    const key = lineKey(line);
    const mayGo = async () => {
      const may = await mayCall();
      if (may) {
        run.notTaken.delete(key);
        viewsCall.goesOut();
        goesOut();
      }
      return may;
    };
    inFlight += 1;
    quietInFlight += Number(!rebuildsViews);
    try {
      const count = { serviceId, accountId: line.customerId, unitCount, rebuildsViews };
      const result = await send(token.value, count, mayGo, mayRepeat);
      const isRefused = result !== null && isRefusal(result.answer);
      if (result === null || (isRefused && !result.wasInDoubt)) run.notTaken.set(key, left);
      if (result === null) return unsent(left);
      viewsCall.answered(result.answer);
      halt.heed(result.answer, result.sentAt, line);
      if (!isRefused) run.heard.set(key, { unitCount, asOf, entry, result });
      return result;
    } catch (error) {
      halt.fail(error);
      return verdicts.noAnswer;
    } finally {
      inFlight -= 1;
      quietInFlight -= Number(!rebuildsViews);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    }
  };

  const ended = (end: LineEnd) => ({ end: Promise.resolve(end) });

  return {
    /**
     * Resolves when the line's call goes out, or when none will. `end` tells how the line ends, which may take much
     * longer.
     */
    dispatch: async (prepared: PreparedLine, rebuildsViews: boolean): Promise<{ end: Promise<LineEnd> }> => {
      if (prepared.verdict !== "send") return ended(prepared.verdict);
      while (inFlight >= maxInFlight) await anEnd();
      // before the slot: a lease that is renewed with the slot in hand makes it late
      if (!(await mayBegin())) {
        pacer.expect(-1);
        return { end: Promise.resolve(unsent(prepared.left)) };
      }
      const { promise: gone, resolve } = Promise.withResolvers<void>();
      const end = call(prepared, rebuildsViews, resolve);
      await Promise.race([gone, end]);
      return { end };
    },
    /** The calls are too many for Gradient for so long that no further line is tried. */
    hasGivenUp: (): boolean => patience.isOver(),
    /** Resolves when no call is under way that leaves the views as they are. */
    quietAnswered: async (): Promise<void> => {
      while (quietInFlight > 0) await anEnd();
    },
    /** Whether Gradient's views show what all calls so far have brought. */
    areViewsRebuilt: (): boolean => views.areRebuilt(),
    /** Resolves when no call is under way any more. */
    drained: async (): Promise<void> => {
      while (inFlight > 0) await anEnd();
    },
  };
};
