import { type DueEnd, startDueExport } from "#shared/exports/start-due-export";
import { dueKinds, fromIntegrationItem } from "#shared/integrations/integration";
import type { Changing } from "#shared/table/changing";
import { handleDueRows } from "#shared/table/due-items";
import type { Item } from "#shared/table/table";

const reserveMs = 10_000;

/**
 * Starts the run of every partner that is due. A partner that is left out, for whatever reason, stays due: the next
 * tick finds it.
 */
export const startUsageExports = ({ table, now, newId }: Changing) => {
  const startDue = startDueExport({ table, now, newId });

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<Record<DueEnd, number>> => {
    const report = { started: 0, joined: 0, superseded: 0, waiting: 0 };
    const handle = async (row: Item) => {
      const end = await startDue(fromIntegrationItem(row));
      if (end) report[end] += 1;
    };
    await handleDueRows({ table, kind: dueKinds.run, until: now(), hasTime: () => remainingMs() > reserveMs }, handle);
    return report;
  };
};
