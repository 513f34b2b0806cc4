import { exportWrite, findExport, isOver } from "#shared/exports/usage-export";
import { callTimeoutMs } from "#shared/gradient/lost-calls";
import type { Integration } from "#shared/integrations/integration";
import type { Looks } from "#shared/integrations/record/looks";
import type { RowWrite, Table } from "#shared/table/table";
import type { LedgerEntry } from "#shared/usage/ledger";

// a call that was under way, and clocks that are apart
const marginMs = callTimeoutMs + 5_000;

/**
 * Some number of ours was taken since the connection was seen to be ended, or may have been: that puts it to use again,
 * so its being in use shows nothing.
 */
export const isPutToUse = ({ endedSince }: Looks, entries: Iterable<LedgerEntry>): boolean => {
  if (endedSince === null) return false;
  const since = Date.parse(endedSince) - marginMs;
  return [...entries].some(({ accepted, doubt }) =>
    [accepted?.at, doubt?.until].some((at) => at !== undefined && Date.parse(at) > since),
  );
};

/** Since when the connection is seen to be ended, for a partner that is seen so now. */
export const endedSinceOf = ({ suspectedSince, endedSince }: Looks, at: string): string =>
  (suspectedSince === null ? null : endedSince) ?? at;

/** What stops the run under way: its worker reads it at the next checkpoint. */
export const runStopped = async (
  table: Pick<Table, "get">,
  { partnerId, currentExportId }: Integration,
): Promise<RowWrite[]> => {
  const running = currentExportId === null ? undefined : await findExport(table, partnerId, currentExportId);
  if (!running || isOver(running) || running.stop !== null) return [];
  return [exportWrite({ ...running, stop: "not-connected" })];
};
