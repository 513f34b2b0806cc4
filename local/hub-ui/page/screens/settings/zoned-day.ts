/** What the clocks of a zone show at an instant, as if they were in UTC. */
const wallAt = (instant: number, timeZone: string): number => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
};

/** The start of a day (`2026-12-24`) in a zone. Where its clocks skip midnight, about the moment at which they do. */
export const startOfDay = (day: string, timeZone: string): Date => {
  const wall = Date.parse(`${day}T00:00:00Z`);
  const first = wall - (wallAt(wall, timeZone) - wall);
  // again, because the offset may be another one there
  return new Date(wall - (wallAt(first, timeZone) - first));
};

/** The day in a zone, as `2026-12-24`. */
export const dayIn = (time: string, timeZone: string): string =>
  new Date(wallAt(Date.parse(time), timeZone)).toISOString().slice(0, 10);
