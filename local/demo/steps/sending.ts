import type { UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { exportTimeoutMs, followExport, hasEnded } from "./follow-export.ts";
import { unlessHeld } from "./held.ts";
import { isWhole, untilNothingIsLeft } from "./left-over.ts";

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
      const integration = await unlessHeld(traveller);
      state = integration.state;
      return state === "active" && integration.nextEnabled ? state : undefined;
    },
    { complaint: () => `the integration is still ${state}` },
  );
  terminal.good("Next is open: Gradient accepted a count, the integration is active.");
};

/** Lets what is under way come to its end, and what follows it at once. */
const untilIdle = async (traveller: Traveller): Promise<true> => {
  const { hub } = traveller;
  return waitFor(
    async () => {
      const integration = await unlessHeld(traveller);
      const [newest] = await hub.listExports();
      if (newest !== undefined && !hasEnded(newest)) await followExport(traveller, newest.id, "run before  ");
      // a look is under way as well, and in no list
      else if (!integration.exports?.runningId) return true;
      return undefined;
    },
    { complaint: () => "another run is still under way", timeoutMs: exportTimeoutMs },
  );
};

/**
 * *Send usage* with every count, changed or not; ends with the runs that it took, oldest first. It is pressed when no
 * other run is under way: each press that is refused has one more follow.
 */
export const sendUsage = async (traveller: Traveller): Promise<UsageExport[]> => {
  const { hub, terminal } = traveller;
  const started = await waitFor(
    async () => {
      await untilIdle(traveller);
      const answer = await hub.startFullExport();
      return answer === "under-way" ? undefined : answer.started;
    },
    { complaint: () => "another export is still running", timeoutMs: exportTimeoutMs },
  );
  const runs = await untilNothingIsLeft(traveller, await followExport(traveller, started, "Send usage  "));
  for (const run of runs) {
    const { accepted, unmapped, deferred, lines } = run.totals;
    const left = deferred > 0 ? `, ${deferred} left over,` : "";
    const end = `Export ${run.id}: ${run.outcome}, ${accepted} accepted and ${unmapped} unmapped${left} of ${lines} lines.`;
    if (isWhole(run)) terminal.good(end);
    else terminal.line(`  … ${end}`);
  }
  return runs;
};
