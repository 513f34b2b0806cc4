import { type Actor, eventWrite } from "#shared/events/event";
import { findIntegration, type Integration, integrationWrite, withoutProblem } from "#shared/integrations/integration";
import { withDate } from "#shared/integrations/with-date";
import { wrongStep } from "#shared/integrations/wrong-step";
import { nextRunAt } from "#shared/schedules/next-run";
import { type ExportSchedule, isPaused, type StoredSchedule } from "#shared/schedules/schedule";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

export interface ScheduleChange {
  partnerId: string;
  schedule: ExportSchedule;
  by: Actor;
}

const plain = ({ timeZone, ...schedule }: StoredSchedule): string => `${JSON.stringify(schedule)} ${timeZone}`;

/**
 * Sets when a partner's usage is sent by itself. It may be set before the integration is active and takes effect then.
 */
export const putSchedule =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, schedule, by }: ScheduleChange): Promise<Integration> =>
    retryOnConflict(async () => {
      const found = await findIntegration(table, partnerId);
      if (!found || found.state === "disconnected") throw wrongStep(found?.state ?? "not-started");
      const time = now();
      // a date that has come is wanted by now, whatever the new schedule says
      const before = withDate(found, time);
      const at = time.toISOString();
      const isRunning = before.mapping.completedAt !== null;
      const isDue = before.nextRunAt !== null && before.nextRunAt <= at && !isPaused(schedule, at);
      const updated: Integration = {
        ...withoutProblem(before, "schedule.unreadable"),
        schedule,
        // of a partner that nothing is sent of now, a date that has come stays until that is over
        nextRunAt: isRunning ? (isDue ? before.nextRunAt : nextRunAt(schedule, time).toISOString()) : null,
      };
      const details = { before: plain(found.schedule), after: plain(schedule) };
      await table.transact([
        integrationWrite(updated),
        eventWrite({ id: newId(), partnerId, type: "schedule.changed", at, details, ...by }),
      ]);
      return written(updated);
    });
