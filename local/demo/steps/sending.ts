import type { UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { endWords, exportTimeoutMs, followExport, hasEnded } from "./follow-export.ts";
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
      {
        terminal,
        complaint: () =>
          "Gradient has accepted no count of the finished mapping (the service goes on trying; run `npm run demo` again later)",
        awaited: () =>
          "The service looks at the mapping, and sends everything once Gradient has accepted a first count; while Gradient is slow or refuses, it looks again by itself.",
      },
    );
    const ended = await followExport(traveller, { id: first.id, label: "first export" });
    terminal.line(`  First export: ${endWords(ended)}.`);
  }
  let state = "";
  await waitFor(
    async () => {
      const integration = await unlessHeld(traveller);
      state = integration.state;
      return state === "active" && integration.nextEnabled ? state : undefined;
    },
    {
      terminal,
      complaint: () => `the integration is still ${state}`,
      awaited: () =>
        `The integration is ${state} until Gradient has accepted a count; the service tries again by itself.`,
    },
  );
  terminal.good("Next is open: Gradient accepted a count, the integration is active.");
};

/** Lets what is under way come to its end, and what follows it at once. */
const untilIdle = async (traveller: Traveller): Promise<true> => {
  const { hub, terminal } = traveller;
  let followed = "";
  return waitFor(
    async () => {
      const integration = await unlessHeld(traveller);
      const [newest] = await hub.listExports();
      if (newest !== undefined && !hasEnded(newest)) {
        followed = newest.id;
        await followExport(traveller, { id: followed, label: "run before  ", isFound: true });
      }
      // a look is under way as well, and in no list
      else if (!integration.exports?.runningId) return true;
      return undefined;
    },
    {
      terminal,
      complaint: () => "another run is still under way",
      awaited: () => "The service still looks at the mapping in Gradient; usage is sent after that.",
      moved: () => followed,
      timeoutMs: exportTimeoutMs,
    },
  );
};

/**
 * *Send usage* with every count, changed or not; ends with the runs that it took, oldest first. It is pressed when no
 * other run is under way: each press that is refused has one more follow.
 */
export const sendUsage = async (traveller: Traveller): Promise<UsageExport[]> => {
  const { hub, terminal } = traveller;
  let presses = 0;
  const started = await waitFor(
    async () => {
      await untilIdle(traveller);
      presses += 1;
      const answer = await hub.startFullExport();
      return answer === "under-way" ? undefined : answer.started;
    },
    {
      terminal,
      complaint: () => "another export is still running",
      awaited: () => "Another run is under way whenever usage is to be sent.",
      moved: () => presses,
      timeoutMs: exportTimeoutMs,
    },
  );
  const runs = await untilNothingIsLeft(
    traveller,
    await followExport(traveller, { id: started, label: "Send usage  " }),
  );
  for (const run of runs) {
    const end = `Export ${run.id}: ${run.outcome}, ${endWords(run)}.`;
    if (isWhole(run)) terminal.good(end);
    else terminal.line(`  … ${end}`);
  }
  return runs;
};
