import { isAppError } from "#shared/errors";
import { dueKinds, type Integration, integration, integrationWrite } from "#shared/integrations/integration";
import { isFullRun } from "#shared/schedules/full-run";
import { nextRunAt } from "#shared/schedules/next-run";
import { handleDueRows } from "#shared/table/due-items";
import { type Item, isConflict, type Table } from "#shared/table/table";
import { runningExport, startUsageExport } from "#shared/usage/start-usage-export";
import { exportIdAt } from "#shared/usage/usage-export";

interface Dependencies {
  table: Table;
  now: () => Date;
  newId: () => string;
}

/** How many partners that were due got a run, had one on its way that counts, or have to wait for one that does not. */
type TickReport = Record<"started" | "joined" | "waiting", number>;

const reserveMs = 10_000;
const dateOrNull = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** Starts the export of every partner whose time has come, and sets when the next one is due, in one step each. */
export const startUsageExports = ({ table, now, newId }: Dependencies) => {
  const start = startUsageExport({ table, now, newId });

  /** Whether the run on its way sends everything that the one which is due would. */
  const covers = async (partnerId: string, isFull: boolean): Promise<boolean> => {
    const running = await runningExport(table, partnerId);
    if (!running || running.customerIds !== null || running.stop !== null) return false;
    return running.mode === "full" || (running.mode === "changes" && !isFull);
  };

  const run = async (due: Integration, dueAt: Date, next: string): Promise<"started" | "joined" | "waiting"> => {
    const { partnerId, schedule, lastFullAt, mapping, token } = due;
    const isFull = isFullRun({
      scheduledAt: dueAt,
      timeZone: schedule.timeZone,
      lastFullAt: dateOrNull(lastFullAt),
      mappingChangedAt: dateOrNull(mapping.changedAt),
      tokenReplacedAt: dateOrNull(token?.registeredAt),
    });
    try {
      await start({
        partnerId,
        id: exportIdAt(dueAt, "schedule"),
        trigger: "schedule",
        mode: isFull ? "full" : "changes",
        nextRunAt: next,
        integration: due,
      });
      return "started";
    } catch (error) {
      if (!isAppError(error, "export.already-running")) throw error;
      // it stays due, and the next tick looks again
      if (!(await covers(partnerId, isFull))) return "waiting";
      await table.transact([integrationWrite({ ...due, nextRunAt: next })]);
      return "joined";
    }
  };

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<TickReport> => {
    const time = now();
    const report = { started: 0, joined: 0, waiting: 0 };

    const handle = async (row: Item) => {
      const due = integration.parse(row);
      if (due.state !== "active" || due.nextRunAt === null || due.nextRunAt > time.toISOString()) return;
      const next = nextRunAt(due.schedule, time).toISOString();
      try {
        report[await run(due, new Date(due.nextRunAt), next)] += 1;
      } catch (error) {
        // somebody else changed the record: the next tick looks again
        if (!isConflict(error) && !isAppError(error, "integration.wrong-step")) throw error;
      }
    };

    await handleDueRows({ table, kind: dueKinds.run, until: time, hasTime: () => remainingMs() > reserveMs }, handle);
    return report;
  };
};
