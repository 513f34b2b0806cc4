import { lineOutcomes, type UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { unlessHeld, waitingWords } from "./held.ts";

// 143 lines take two seconds at Gradient's rate, and two minutes where nine calls of ten fail after a second each
const exportTimeoutMs = 300_000;

/** Follows an export with a bar until it is finished. */
const followExport = async ({ hub, terminal }: Traveller, id: string, label: string): Promise<UsageExport> => {
  const bar = terminal.progressBar(label);
  let seen: UsageExport | undefined;
  return waitFor(
    async () => {
      seen = await hub.readExport(id);
      // an export that is still planned has no lines yet
      if (seen.totals.lines > 0) bar.update(endedLines(seen), seen.totals.lines);
      return seen.state === "finished" || seen.state === "cancelled" ? seen : undefined;
    },
    {
      complaint: () =>
        `export ${id} is ${seen?.state}, ${seen && endedLines(seen)} of ${seen?.totals.lines} lines are done`,
      timeoutMs: exportTimeoutMs,
    },
  ).finally(bar.end);
};

const endedLines = ({ totals }: UsageExport): number => lineOutcomes.reduce((sum, outcome) => sum + totals[outcome], 0);

/** The mapping starts an export by itself; its first accepted count is the proof that opens *Next*. */
export const awaitActive = async (traveller: Traveller, isMappedNow: boolean): Promise<void> => {
  const { hub, terminal } = traveller;
  if (isMappedNow) {
    const first = await waitFor(
      async () => {
        await unlessHeld(traveller);
        return (await hub.listExports())[0];
      },
      { complaint: () => "no export was started by the finished mapping" },
    );
    await followExport(traveller, first.id, "first export");
  }
  let state = "";
  await waitFor(
    async () => {
      const integration = await hub.readIntegration();
      state = integration.state;
      return state === "active" && integration.nextEnabled ? state : undefined;
    },
    { complaint: () => `the integration is still ${state}` },
  );
  terminal.good("Next is open: Gradient accepted a count, the integration is active.");
};

/** *Send usage* with every count, changed or not. An export that runs already is let finish first. */
export const sendUsage = async (traveller: Traveller): Promise<UsageExport> => {
  const { hub, terminal } = traveller;
  const started = await waitFor(
    async () => {
      const answer = await hub.startFullExport();
      if ("started" in answer) return answer.started;
      // asking until it is taken would be more changes than the API takes in a minute
      await followExport(traveller, answer.underWay, "run before  ");
      return undefined;
    },
    { complaint: () => "another export is still running", timeoutMs: exportTimeoutMs },
  );
  const finished = await followExport(traveller, started, "Send usage  ");
  const isWhole = finished.state === "finished" && finished.outcome !== "failed" && finished.totals.deferred === 0;
  if (!isWhole) {
    const waits = (await hub.readIntegration()).exports?.waiting;
    const { accepted, deferred, lines } = finished.totals;
    const how = `${accepted} of ${lines} lines accepted, ${deferred} left over`;
    const end = `export ${finished.id} ended ${finished.state}, outcome ${finished.outcome ?? "unknown"}: ${how}`;
    throw new Error(waits ? `${end}. ${waitingWords(waits)}` : end);
  }
  const { accepted, unmapped, lines } = finished.totals;
  terminal.good(
    `Export ${finished.id}: ${finished.outcome}, ${accepted} accepted and ${unmapped} unmapped of ${lines} lines.`,
  );
  return finished;
};
