import { nextRunAt } from "../schedules/next-run.ts";
import { isPaused } from "../schedules/schedule.ts";
import { type Integration, withNextRun } from "./integration.ts";
import { wish } from "./record/wants.ts";

/**
 * A date that has come is a want, as old as the date; the schedule goes on to the next one. In a pause no date comes.
 */
export const withDate = (value: Integration, now: Date): Integration => {
  const { state, nextRunAt: date, schedule } = value;
  const at = now.toISOString();
  if (state !== "active" || date === null || date > at || isPaused(schedule, at)) return value;
  return {
    ...withNextRun(value, nextRunAt(schedule, now).toISOString(), at),
    wants: wish(value.wants, "all", { at: date, trigger: "schedule" }),
  };
};
