import { expectedMs } from "#shared/exports/start-usage-export";
import { exportWrite, fromExportItem, isOver, runningExports } from "#shared/exports/usage-export";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { handleDue } from "#shared/table/due-items";
import { type DueKey, retryOnConflict } from "#shared/table/table";

const reserveMs = 10_000;
// a month's end with everybody's full run at once takes hours
const maxWaitMs = 48 * 60 * 60_000;
// time for a worker to write the outcome of every line and close it
const closingMs = 30 * 60_000;

/**
 * Finds runs that have not ended in their time, stops them, and has a worker close them: every line that was not sent
 * is then `deferred`. No run lasts for ever.
 */
export const recoverExports =
  ({ table, now, newId }: Changing) =>
  async ({ remainingMs }: { remainingMs: () => number }): Promise<{ overdue: number }> => {
    const time = now();
    const at = time.toISOString();
    let overdue = 0;

    const follow = (key: DueKey) =>
      retryOnConflict(async () => {
        const item = await table.get(key);
        const running = item && fromExportItem(item);
        if (!running || isOver(running) || running.expectedBy > at) return;
        const { partnerId, id: exportId, lane } = running;
        const leg = running.leg + 1;
        // a run that nobody has begun waits behind others, or its message was lost: it gets another message, and more
        // time
        const waits = running.startedAt === null && time.getTime() - Date.parse(running.createdAt) < maxWaitMs;
        const expectedBy = new Date(time.getTime() + (waits ? expectedMs : closingMs)).toISOString();
        const stop = waits ? running.stop : (running.stop ?? "overdue");
        await table.transact([
          exportWrite({ ...running, leg, stop, expectedBy }),
          owe({ kind: "export-usage", lane, partnerId, exportId, leg }, { id: newId(), at }),
        ]);
        overdue += 1;
      });

    await handleDue({ table, kind: runningExports, until: time, hasTime: () => remainingMs() > reserveMs }, follow);
    return { overdue };
  };
