import { owe } from "#shared/outbox/outbox";
import { handleDue } from "#shared/table/due-items";
import { type DueKey, retryOnConflict, type Table } from "#shared/table/table";
import { exportWrite, isOver, runningExports, usageExport } from "#shared/usage/usage-export";

interface Dependencies {
  table: Table;
  now: () => Date;
  newId: () => string;
}

const reserveMs = 10_000;
// time for a worker to close it honestly
const closingMs = 30 * 60_000;

/**
 * Finds runs that have not ended in their time, stops them, and has a worker close them: every line that was not sent is then
 * `deferred`. Nothing runs for ever.
 */
export const recoverExports =
  ({ table, now, newId }: Dependencies) =>
  async ({ remainingMs }: { remainingMs: () => number }): Promise<{ overdue: number }> => {
    const time = now();
    const at = time.toISOString();
    let overdue = 0;

    const stop = (key: DueKey) =>
      retryOnConflict(async () => {
        const item = await table.get(key);
        const running = item && usageExport.parse(item);
        if (!running || isOver(running) || running.expectedBy > at) return;
        const { partnerId, id: exportId, lane } = running;
        const leg = running.leg + 1;
        const expectedBy = new Date(time.getTime() + closingMs).toISOString();
        await table.transact([
          exportWrite({ ...running, leg, stop: running.stop ?? "overdue", expectedBy }),
          owe({ kind: "export-usage", lane, partnerId, exportId, leg }, { id: newId(), at }),
        ]);
        overdue += 1;
      });

    await handleDue({ table, kind: runningExports, until: time, hasTime: () => remainingMs() > reserveMs }, stop);
    return { overdue };
  };
