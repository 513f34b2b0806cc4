import type { UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { exportTimeoutMs, followExport } from "./follow-export.ts";
import { unlessHeld } from "./held.ts";
import { untilNothingIsLeft } from "./left-over.ts";

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

/**
 * *Send usage* with every count, changed or not; ends with the runs that it took, oldest first. An export that runs
 * already is let finish first.
 */
export const sendUsage = async (traveller: Traveller): Promise<UsageExport[]> => {
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
  const runs = await untilNothingIsLeft(traveller, await followExport(traveller, started, "Send usage  "));
  for (const { id, outcome, totals } of runs) {
    const { accepted, unmapped, deferred, lines } = totals;
    const left = deferred > 0 ? `, ${deferred} left over,` : "";
    terminal.good(`Export ${id}: ${outcome}, ${accepted} accepted and ${unmapped} unmapped${left} of ${lines} lines.`);
  }
  return runs;
};
