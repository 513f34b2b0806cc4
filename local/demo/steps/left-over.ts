import type { UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { followExport } from "./follow-export.ts";
import { isLasting, waitingWords } from "./held.ts";

// the first try comes after a minute, the second after five more
const nextRunTimeoutMs = 7 * 60_000;

/** Whether all of an export's lines have come to an end in it. */
export const isWhole = ({ state, outcome, totals }: UsageExport): boolean =>
  state === "finished" && outcome !== "failed" && totals.deferred === 0;

/**
 * The export and the runs after it, oldest first, by which the service sends by itself what it left over. Throws where
 * nothing is going to, or only after longer than anybody watches.
 */
export const untilNothingIsLeft = async (traveller: Traveller, ended: UsageExport): Promise<UsageExport[]> => {
  const runs = [ended];
  for (let last = ended; !isWhole(last); runs.push(last)) {
    const next = await runAfter(traveller, last);
    last = await followExport(traveller, next, "left over   ");
  }
  return runs;
};

const runAfter = async ({ hub, terminal }: Traveller, ended: UsageExport): Promise<string> => {
  const { accepted, deferred, lines } = ended.totals;
  const how = `${accepted} of ${lines} lines accepted, ${deferred} left over`;
  const end = `Export ${ended.id} ended ${ended.state}, outcome ${ended.outcome ?? "unknown"}: ${how}`;
  let isTold = false;
  return waitFor(
    async () => {
      // in this order: what waits no more has its run by then
      const waits = (await hub.readIntegration()).exports?.waiting;
      const exports = await hub.listExports();
      const next = exports[exports.findIndex(({ id }) => id === ended.id) - 1];
      if (next !== undefined) return next.id;
      if (!waits) throw new Error(end);
      const words = `${end}. ${waitingWords(waits)}`;
      if (isLasting(waits)) throw new Error(words);
      if (!isTold) terminal.line(`  ${words}.`);
      isTold = true;
      return undefined;
    },
    { complaint: () => `${end}. What is left was not tried again`, timeoutMs: nextRunTimeoutMs, everyMs: 500 },
  );
};
