import { lineOutcomes, type UsageExport } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";

// 143 lines take two seconds at Gradient's rate, and two minutes where nine calls of ten fail after a second each
export const exportTimeoutMs = 300_000;

export const hasEnded = ({ state }: UsageExport): boolean => state === "finished" || state === "cancelled";

/** Follows an export with a bar until it is finished or cancelled. */
export const followExport = async ({ hub, terminal }: Traveller, id: string, label: string): Promise<UsageExport> => {
  const bar = terminal.progressBar(label);
  let seen: UsageExport | undefined;
  return waitFor(
    async () => {
      seen = await hub.readExport(id);
      // an export that is still planned has no lines yet
      if (seen.totals.lines > 0) bar.update(endedLines(seen), seen.totals.lines);
      return hasEnded(seen) ? seen : undefined;
    },
    {
      complaint: () =>
        `export ${id} is ${seen?.state}, ${seen && endedLines(seen)} of ${seen?.totals.lines} lines are done`,
      timeoutMs: exportTimeoutMs,
    },
  ).finally(bar.end);
};

const endedLines = ({ totals }: UsageExport): number => lineOutcomes.reduce((sum, outcome) => sum + totals[outcome], 0);
