import type { UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { followExport } from "./follow-export.ts";
import { heldBy, patienceMs, waitingWords } from "./held.ts";

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
    last = await followExport(traveller, { id: next, label: "left over   " });
  }
  return runs;
};

const endOf = ({ id, state, outcome, totals: { accepted, deferred, lines } }: UsageExport): string => {
  const how = lines === 0 ? "it has read no line" : `${accepted} of ${lines} lines accepted, ${deferred} left over`;
  return `Export ${id} ended ${state}, outcome ${outcome ?? "unknown"}: ${how}`;
};

// a run that left nothing of its own over has succeeded: what it has not sent waits for a service, and comes with that
const waitsForServices = ({ outcome }: UsageExport): boolean => outcome === "succeeded";
const servicesWords = "Gradient does not have every service yet: what waits for one is sent once it is there";

const runAfter = async ({ hub, terminal }: Traveller, ended: UsageExport): Promise<string> => {
  const end = endOf(ended);
  let told = "";
  return waitFor(
    async () => {
      // in this order: what waits no more has its run by then
      const seen = await hub.readIntegration();
      const exports = (await hub.listExports()).filter(({ mode }) => mode !== "dry-run");
      const next = exports[exports.findIndex(({ id }) => id === ended.id) - 1];
      if (next !== undefined) return next.id;
      const held = heldBy(seen);
      const waits = seen.exports?.waiting;
      if (held !== undefined) throw new Error(`${end}. ${held}`);
      if (!waits && !waitsForServices(ended)) throw new Error(end);
      const words = waits ? waitingWords(waits) : servicesWords;
      if (words !== told) terminal.line(`  ${told === "" ? `${end}. ` : ""}${words}.`);
      told = words;
      return undefined;
    },
    {
      terminal,
      complaint: () => `${end}. ${told}; it was not`,
      awaited: () => "The service sends what is left by itself.",
      timeoutMs: patienceMs,
      everyMs: 500,
    },
  );
};
