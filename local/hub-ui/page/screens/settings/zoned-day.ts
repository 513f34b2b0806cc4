const dayMs = 24 * 60 * 60_000;

const clocksIn = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });

const clocksOf = (timeZone: string): Intl.DateTimeFormat => {
  try {
    return clocksIn(timeZone);
  } catch {
    // a zone that this browser does not know: UTC is less than a day off, and the rest of the page is of use
    return clocksIn("UTC");
  }
};

/** What the clocks of a zone show at an instant, as if they were in UTC. */
const wallAt = (instant: number, timeZone: string): number => {
  const parts = clocksOf(timeZone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
};

/** The day in a zone, as `2026-12-24`. */
export const dayIn = (time: string, timeZone: string): string =>
  new Date(wallAt(Date.parse(time), timeZone)).toISOString().slice(0, 10);

/** The first instant at which the clocks of a zone show a day (`2026-12-24`). */
export const startOfDay = (day: string, timeZone: string): Date => {
  const wall = Date.parse(`${day}T00:00:00Z`);
  // where the clocks are changed in that night, midnight may come twice or not at all by those before, and lie in the
  // day before by those after
  const starts = [wall - dayMs, wall + dayMs].map((beside) => wall - (wallAt(beside, timeZone) - beside));
  const [first, second] = [new Date(Math.min(...starts)), new Date(Math.max(...starts))];
  return dayIn(first.toISOString(), timeZone) === day ? first : second;
};
