import { expect, it } from "vitest";
import { nextRunAt } from "#shared/schedules/next-run";
import { type ExportSchedule, exportSchedule } from "#shared/schedules/schedule";
import { seededRandom } from "#test/builders/seeded-random";
import { localClock } from "./minute-scan.ts";

const zones = Intl.supportedValuesOf("timeZone");
const dayMs = 86_400_000;
const random = seededRandom(20_261_101);
const below = (limit: number) => Math.floor(random() * limit);
const anyInstant = () => Date.UTC(2012, 0, 1) + below(25 * 366 * dayMs);

const runsAfter = (schedule: ExportSchedule, after: number, count: number): number[] => {
  const found: number[] = [];
  for (let at = after; found.length < count; found.push(at)) at = nextRunAt(schedule, new Date(at)).getTime();
  return found;
};

/** The date whose run this is: a run that a gap pushed over midnight, to 00:00, belongs to the date before. */
const dateOfRun = (clock: (at: number) => string, hour: number, at: number): string =>
  hour === 23 && clock(at).endsWith(" 00:00") ? clock(at - 1).slice(0, 10) : clock(at).slice(0, 10);

const dateAfter = (date: string): string => new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10);

/** What is wrong with the first runs after some instant, for every zone there is. */
const inEveryZone = (frequency: object, count: number, faultOf: (run: Run, previous: Run | undefined) => string[]) =>
  zones.flatMap((timeZone) => {
    const hour = below(24);
    const schedule = exportSchedule.parse({ ...frequency, hour, timeZone });
    const clock = localClock(timeZone);
    const after = anyInstant();
    const runs = runsAfter(schedule, after, count).map((at) => ({
      at,
      hour,
      clock,
      date: dateOfRun(clock, hour, at),
    }));
    return runs.flatMap((run, index) => {
      const previous = runs[index - 1];
      const faults = faultOf(run, previous);
      if (run.at <= (previous?.at ?? after)) faults.push("not later than what came before");
      return faults.map((fault) => `${timeZone} at ${hour}, ${new Date(run.at).toISOString()}: ${fault}`);
    });
  });

interface Run {
  at: number;
  hour: number;
  date: string;
  clock: (at: number) => string;
}

it("runs daily schedules once on every local date of every zone, strictly one after the other", () => {
  const faults = inEveryZone({ frequency: "daily" }, 6, ({ date }, previous) =>
    previous === undefined || date === dateAfter(previous.date) ? [] : [`${date} follows ${previous.date}`],
  );
  expect(faults).toEqual([]);
});

it("runs at the wanted hour of every zone's clocks, unless they skip it", () => {
  const faults = inEveryZone({ frequency: "daily" }, 6, ({ at, hour, date, clock }) => {
    const wanted = `${date} ${String(hour).padStart(2, "0")}:00`;
    const skipped = clock(at) > wanted && clock(at - 1) < wanted;
    return clock(at) === wanted || skipped ? [] : [`shows ${clock(at)}`];
  });
  expect(faults).toEqual([]);
});

it("runs weekly schedules seven dates apart", () => {
  const faults = inEveryZone({ frequency: "weekly", dayOfWeek: 6 }, 3, ({ date }, previous) => {
    const weekLater = previous === undefined || Date.parse(date) - Date.parse(previous.date) === 7 * dayMs;
    return new Date(date).getUTCDay() === 6 && weekLater ? [] : [`${date} follows ${previous?.date}`];
  });
  expect(faults).toEqual([]);
});

it.each([1, 28, 29, 30, 31])("runs monthly schedules for day %i once in every month", (dayOfMonth) => {
  const faults = inEveryZone({ frequency: "monthly", dayOfMonth }, 4, ({ date }, previous) => {
    const isLast = dateAfter(date).endsWith("-01");
    const day = Number(date.slice(8));
    const fitting = day === dayOfMonth || (day < dayOfMonth && isLast) ? [] : [`${date} is the wrong day`];
    const monthsOn = previous === undefined ? 1 : monthNumber(date) - monthNumber(previous.date);
    return monthsOn === 1 ? fitting : [...fitting, `${monthsOn} months after ${previous?.date}`];
  });
  expect(faults).toEqual([]);
});

const monthNumber = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));

it("runs month-end schedules on the last local date of every month", () => {
  const faults = inEveryZone({ frequency: "month-end" }, 5, ({ date }, previous) => {
    const fitting = dateAfter(date).endsWith("-01") ? [] : [`${date} is not the last`];
    const monthsOn = previous === undefined ? 1 : monthNumber(date) - monthNumber(previous.date);
    return monthsOn === 1 ? fitting : [...fitting, `${monthsOn} months after ${previous?.date}`];
  });
  expect(faults).toEqual([]);
});

it("never runs within a pause and loses no run after it", () => {
  const faults = zones.flatMap((timeZone) => {
    const running = exportSchedule.parse({ frequency: "daily", hour: below(24), timeZone });
    const pauseEnd = anyInstant();
    const paused = { ...running, pausedUntil: new Date(pauseEnd).toISOString() };
    const expected = nextRunAt(running, new Date(pauseEnd - 1)).getTime();
    const found = nextRunAt(paused, new Date(pauseEnd - below(400) * dayMs - 1)).getTime();
    return found === expected && found >= pauseEnd ? [] : [`${timeZone} until ${paused.pausedUntil}`];
  });
  expect(faults).toEqual([]);
});

it("finds the next run of 20,000 partners in a second", () => {
  const schedules = zones.map((timeZone) => exportSchedule.parse({ frequency: "daily", hour: below(24), timeZone }));
  const after = new Date(anyInstant());
  // processor time, so that other work on the machine does not count
  const begun = process.threadCpuUsage();
  for (let left = 20_000; left > 0; left -= schedules.length) {
    for (const schedule of schedules) nextRunAt(schedule, after);
  }
  const spent = process.threadCpuUsage(begun);
  expect((spent.user + spent.system) / 1_000_000).toBeLessThan(1);
});
