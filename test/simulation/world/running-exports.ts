import { isListed, lookAfterAt } from "#shared/exports/attention";
import { fromExportItem } from "#shared/exports/usage-export";
import type { Item } from "#shared/table/table";

/** A run that is not over. */
export const isRunning = ({ sk, finishedAt }: Item): boolean =>
  (sk.startsWith("export#") || sk.startsWith("look#")) && finishedAt === null;

/** The runs that are in no index, and when somebody may have to look after each. */
export const listedRuns = () => {
  const moments = new Map<string, number>();
  return {
    /** The moment, where the row is such a run. */
    note: (row: Item): number | undefined => {
      const run = isRunning(row) ? fromExportItem(row) : undefined;
      if (!run || !isListed(run)) {
        moments.delete(row.sk);
        return undefined;
      }
      moments.set(row.sk, lookAfterAt(run));
      return lookAfterAt(run);
    },
    areDue: (now: number): boolean => [...moments.values()].some((at) => at <= now),
  };
};
