import { describe, expect, it } from "vitest";
import { nextRunAt } from "#shared/schedules/next-run";
import { type ExportSchedule, exportSchedule } from "#shared/schedules/schedule";
import { type HourOfDate, minuteMs, scanMinutes } from "./minute-scan.ts";

const dayMs = 24 * 60 * minuteMs;
const everyHour = Array.from({ length: 24 }, (_, hour) => hour);
const inUtc = (at: number) => new Date(at).toISOString();

/** Asks for each expected run from the one before it, from just before it and from in between. */
const disagreements = (schedule: ExportSchedule, expected: HourOfDate[]): string[] => {
  const instants = [...new Set(expected.map(({ at }) => at))];
  return instants.flatMap((due, index) => {
    const previous = instants[index - 1] ?? due - 1;
    return [previous, due - 1, Math.floor((previous + due) / 2)].flatMap((after) => {
      const found = nextRunAt(schedule, new Date(after)).getTime();
      return found === due
        ? []
        : [`${JSON.stringify(schedule)} after ${inUtc(after)}: ${inUtc(found)}, not ${inUtc(due)}`];
    });
  });
};

/** Zones and the days around which their clocks change, each in a way of its own. */
const clockChanges = [
  ["Europe/Prague", "2026-03-29"],
  ["Europe/Prague", "2026-10-25"],
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["Pacific/Chatham", "2026-09-27"],
  ["America/Nuuk", "2026-03-28"],
  ["America/Nuuk", "2026-10-24"],
  ["Antarctica/Troll", "2026-03-29"],
  ["Antarctica/Troll", "2026-10-25"],
  ["Africa/Cairo", "2026-04-24"],
  ["Africa/Cairo", "2026-10-29"],
  ["Africa/Casablanca", "2026-02-15"],
  ["America/Havana", "2026-11-01"],
  ["America/Santiago", "2026-04-04"],
  ["America/Santiago", "2026-09-06"],
  ["America/Sao_Paulo", "2018-02-17"],
  ["America/Sao_Paulo", "2018-11-04"],
  ["America/St_Johns", "2006-10-29"],
  ["America/Caracas", "2016-05-01"],
  ["Asia/Pyongyang", "2015-08-14"],
  ["Asia/Pyongyang", "2018-05-04"],
  ["Pacific/Apia", "2011-12-30"],
  ["Pacific/Kwajalein", "1993-08-21"],
  ["Pacific/Kiritimati", "1994-12-31"],
] as const;

describe("a daily run comes when a reader of the zone's clocks, minute by minute, would start it", () => {
  it.each(clockChanges)("in %s around %s", (timeZone, date) => {
    const middle = Date.parse(date);
    const scan = scanMinutes(timeZone, middle - 2 * dayMs, middle + 3 * dayMs);
    expect(scan.length).toBeGreaterThanOrEqual(2 * 24);
    const wrong = everyHour.flatMap((hour) =>
      disagreements(
        exportSchedule.parse({ frequency: "daily", hour, timeZone }),
        scan.filter((come) => come.hour === hour),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

/** The dates that a person would tick on a calendar which lacks the dates that the zone skipped. */
const tickedDates = ({ frequency, ...schedule }: ExportSchedule, dates: string[]): string[] => {
  const lastUpTo = (day: string) => dates.findLast((date) => date.slice(0, 7) === day.slice(0, 7) && date <= day);
  const months = [...new Set(dates.map((date) => date.slice(0, 7)))];
  if (frequency === "daily") return dates;
  if (frequency === "month-end") return months.flatMap((month) => lastUpTo(`${month}-31`) ?? []);
  if (schedule.dayOfMonth !== undefined) {
    const day = String(schedule.dayOfMonth).padStart(2, "0");
    return months.flatMap((month) => lastUpTo(`${month}-${day}`) ?? []);
  }
  return dates.filter((date) => (new Date(date).getUTCDay() || 7) === schedule.dayOfWeek);
};

describe("a run by the calendar comes on its dates, as read minute by minute", () => {
  it.each([
    ["Australia/Lord_Howe", "2026-03-25", "2026-05-10"],
    ["Europe/Prague", "2028-02-20", "2028-04-05"],
    ["America/Nuuk", "2026-10-20", "2026-12-05"],
  ])("in %s from %s to %s", (timeZone, from, to) => {
    const scan = scanMinutes(timeZone, Date.parse(from), Date.parse(to));
    const dates = [...new Set(scan.map(({ date }) => date))];
    const choices = [
      { frequency: "month-end" },
      ...[1, 5, 15, 28, 29, 30, 31].map((dayOfMonth) => ({ frequency: "monthly", dayOfMonth })),
      ...[1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ({ frequency: "weekly", dayOfWeek })),
    ];
    const wrong = choices.flatMap((choice) =>
      [0, 2, 13, 23].flatMap((hour) => {
        const schedule = exportSchedule.parse({ ...choice, hour, timeZone });
        const ticked = tickedDates(schedule, dates);
        // the last month is cut off: what seems to fall on the scan's last date may belong after it
        const sure = ticked.filter((date) => date !== dates.at(-1));
        const expected = scan.filter((come) => come.hour === hour && sure.includes(come.date));
        expect(expected.length).toBeGreaterThan(0);
        return disagreements(schedule, expected);
      }),
    );
    expect(wrong).toEqual([]);
  });
});
