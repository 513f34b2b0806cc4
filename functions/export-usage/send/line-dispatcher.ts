import type { ExportRun } from "./export-run.ts";
import { stopVerdict, verdicts } from "./line-decision.ts";
import type { PreparedLine } from "./prepare-chunk.ts";
import { sendCount } from "./send-count.ts";
import type { LineEnd } from "./settle-chunk.ts";

// as many seconds' worth of calls may be under way: so long Gradient may take to answer before it slows the run
const inFlightSeconds = 2;

/** Starts the calls of a run's lines, each at its moment. */
export const lineDispatcher = (run: ExportRun) => {
  const { lease, halt, pacer, token } = run;
  const maxInFlight = run.callsPerSecond * inFlightSeconds;
  const send = sendCount(run);
  let inFlight = 0;
  let waiting: (() => void)[] = [];
  const anEnd = () => new Promise<void>((resolve) => waiting.push(resolve));

  /** Renews the lease as well: while lines are being repeated there may be no checkpoint that does. */
  const mayCall = async (): Promise<boolean> => {
    try {
      await lease.keep();
    } catch (error) {
      halt.fail(error);
    }
    return halt.cause() === null && lease.isSafe();
  };

  const call = async ({ line, unitCount }: PreparedLine, rebuildsViews: boolean): Promise<LineEnd> => {
    if (token === null) return verdicts.notConnected;
    const serviceId = run.services.get(line.serviceId)?.gradientServiceId ?? "";
    inFlight += 1;
    try {
      const result = await send(
        token.value,
        { serviceId, accountId: line.customerId, unitCount, rebuildsViews },
        mayCall,
      );
      halt.heed(result.answer);
      return result;
    } catch (error) {
      halt.fail(error);
      return verdicts.noAnswer;
    } finally {
      inFlight -= 1;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    }
  };

  const ended = (end: LineEnd) => ({ end: Promise.resolve(end) });

  return {
    /** Waits for the line's moment and starts its call. `end` tells how the line ends, which may take much longer. */
    dispatch: async (prepared: PreparedLine, rebuildsViews: boolean): Promise<{ end: Promise<LineEnd> }> => {
      if (prepared.verdict !== "send") return ended(prepared.verdict);
      while (inFlight >= maxInFlight) await anEnd();
      if (halt.cause() === null) {
        await lease.keep();
        if (!(await pacer.slot())) halt.meet({ kind: "slots-denied", reason: "forbidden" });
      }
      if (halt.cause() === null && (await mayCall())) return { end: call(prepared, rebuildsViews) };
      const stop = halt.stop();
      if (stop !== null) return ended(stopVerdict(stop.reason));
      // after a 429 with a long pause, the slot may have been later than the lease's end
      halt.fail(new Error("The lease ran out before it could be renewed"));
      // after a failure no chunk is settled, so it does not matter what is said here: the next worker sends the line
      return ended(verdicts.noAnswer);
    },
    /** Resolves when no call is under way any more. */
    drained: async (): Promise<void> => {
      while (inFlight > 0) await anEnd();
    },
  };
};
