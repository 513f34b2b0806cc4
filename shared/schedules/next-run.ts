import { type ExportSchedule, effectiveSchedule, type StoredSchedule } from "./schedule.ts";
import { dayMs, firstInstantAt, hourMs, localDate, type WallTime } from "./zoned-time.ts";

const weekMs = 7 * dayMs;

/** The dates of a schedule on the calendar, from this one on. */
function* scheduledDates(schedule: ExportSchedule, from: WallTime): Generator<WallTime, never> {
  const first = new Date(from);
  switch (schedule.frequency) {
    case "daily":
      for (let date = from; ; date += dayMs) yield date;
    case "weekly": {
      const daysToGo = (schedule.dayOfWeek - first.getUTCDay() + 7) % 7;
      for (let date = from + daysToGo * dayMs; ; date += weekMs) yield date;
    }
    case "monthly":
    case "month-end":
      for (let month = first.getUTCMonth(); ; month += 1) {
        // day 0 of a month is the last one of the month before
        const lastDay = Date.UTC(first.getUTCFullYear(), month + 1, 0);
        if (schedule.frequency === "month-end") yield lastDay;
        else yield Math.min(Date.UTC(first.getUTCFullYear(), month, schedule.dayOfMonth), lastDay);
      }
  }
}

/**
 * When the run of a date is due. Where the clocks skip the hour, it is due as they go on, even if that is already
 * midnight: Nuuk goes from 23:00 to 00:00. Where they skip the whole date (Apia had no 30 December 2011), the date
 * before has its run.
 */
const dueOn = (date: WallTime, { hour, timeZone }: ExportSchedule): number => {
  for (let existing = date; ; existing -= dayMs) {
    const due = firstInstantAt(existing + hour * hourMs, timeZone);
    if (localDate(due, timeZone) === existing) return due;
    if (localDate(firstInstantAt(existing, timeZone), timeZone) === existing) return due;
  }
};

/**
 * The first run after this instant, and not before the end of the pause. A date has one run: the first of the two hours
 * when the clocks are put back, the first instant after the gap when they are put forward.
 */
export const nextRunAt = (stored: StoredSchedule, after: Date): Date => {
  const { schedule } = effectiveSchedule(stored);
  const pauseEnd = schedule.pausedUntil === null ? Number.NEGATIVE_INFINITY : Date.parse(schedule.pausedUntil);
  const earliest = Math.max(after.getTime() + 1, pauseEnd);
  // no earlier date has a run that is late enough
  const dates = scheduledDates(schedule, localDate(earliest - 1, schedule.timeZone));
  for (;;) {
    const due = dueOn(dates.next().value, schedule);
    if (due >= earliest) return new Date(due);
  }
};
