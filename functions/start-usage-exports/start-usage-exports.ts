import { isAppError } from "#shared/errors";
import { dueKinds, type Integration, integration, integrationWrite } from "#shared/integrations/integration";
import { isFullRun } from "#shared/schedules/full-run";
import { nextRunAt } from "#shared/schedules/next-run";
import { dueItems } from "#shared/table/due-items";
import { type DueKey, isConflict, type Table } from "#shared/table/table";
import { startUsageExport } from "#shared/usage/start-usage-export";
import { exportIdAt } from "#shared/usage/usage-export";

interface Dependencies {
  table: Table;
  now: () => Date;
  newId: () => string;
}

const reserveMs = 10_000;
const dateOrNull = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** Starts the export of every partner whose time has come, and sets when the next one is due, in one step each. */
export const startUsageExports = ({ table, now, newId }: Dependencies) => {
  const start = startUsageExport({ table, now, newId });

  const run = async (due: Integration, dueAt: Date, next: string): Promise<"started" | "joined"> => {
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
      });
      return "started";
    } catch (error) {
      if (!isAppError(error, "export.already-running")) throw error;
      // the run on its way counts for this time
      await table.transact([integrationWrite({ ...due, nextRunAt: next })]);
      return "joined";
    }
  };

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<{ started: number; joined: number }> => {
    const time = now();
    const report = { started: 0, joined: 0 };

    const handle = async (key: DueKey) => {
      const item = await table.get(key);
      const due = item && integration.parse(item);
      if (due?.state !== "active" || due.nextRunAt === null || due.nextRunAt > time.toISOString()) return;
      const next = nextRunAt(due.schedule, time).toISOString();
      try {
        report[await run(due, new Date(due.nextRunAt), next)] += 1;
      } catch (error) {
        // somebody else changed the record: the next tick looks again
        if (!isConflict(error) && !isAppError(error, "integration.wrong-step")) throw error;
      }
    };

    for await (const keys of dueItems(table, dueKinds.run, time, () => remainingMs() > reserveMs)) {
      await Promise.all(keys.map(handle));
    }
    return report;
  };
};
