import * as z from "zod";

/**
 * What the clocks of a zone show, as milliseconds: the instant at which clocks in UTC would show the same.
 * It counts like time on a calendar does, so a local date is the wall time of its midnight.
 */
export type WallTime = number;

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

// To ask Intl takes 100 µs, and a schedule is parsed whenever it is read. There are about 600 names, and 2^n spellings
// of each in other cases: so many are kept, and no more.
const knownNames = new Set<string>();
const maxKnown = 1_000;

/** Whether Intl knows a zone by this name. A mere offset is none: it knows no summer time. */
export const isTimeZone = (name: string): boolean => {
  if (knownNames.has(name)) return true;
  if (!/^[a-z]/i.test(name)) return false;
  try {
    // throws for what is no zone
    new Intl.DateTimeFormat("en-US", { timeZone: name });
  } catch {
    return false;
  }
  if (knownNames.size < maxKnown) knownNames.add(name);
  return true;
};

const timeZoneMessage = "The time zone must be an IANA name, such as Europe/Prague.";

/** The name of a time zone, in any case, as it was given: Intl makes `Asia/Calcutta` of `Asia/Kolkata`. */
export const ianaTimeZone = z
  .string(timeZoneMessage)
  // for the description of the API, which cannot say that Intl has to know it
  .regex(/^[A-Za-z]/, { error: timeZoneMessage, abort: true })
  .refine(isTimeZone, timeZoneMessage);

// A formatter takes 100 µs to make and 30 kB to keep, a use of it 1 µs; there are about 400 zones.
const formatters = new Map<string, Intl.DateTimeFormat>();

const offsetFormatter = (timeZone: string): Intl.DateTimeFormat => {
  // a name may come in any case
  const name = timeZone.toLowerCase();
  const known = formatters.get(name);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", timeZoneName: "longOffset" });
  formatters.set(name, formatter);
  return formatter;
};

/**
 * How far the zone's clocks are ahead of UTC. Intl says it as `2026, GMT`, `GMT+05:45` or, long ago, `GMT-00:44:30`.
 */
const offsetMs = (instant: number, timeZone: string): number => {
  const text = offsetFormatter(timeZone).format(instant);
  const sign = text.indexOf("GMT") + 3;
  if (sign === text.length) return 0;
  const two = (at: number) => Number(text.slice(sign + at, sign + at + 2));
  const size = two(1) * hourMs + two(4) * 60_000 + two(7) * 1_000;
  return text[sign] === "-" ? -size : size;
};

/** The local date at an instant. */
export const localDate = (instant: number, timeZone: string): WallTime => {
  const wall = instant + offsetMs(instant, timeZone);
  return Math.floor(wall / dayMs) * dayMs;
};

/**
 * The first instant at which the zone's clocks show this or more: the first of two when clocks were put back,
 * the one after the gap when they were put forward. Zones do not change their clocks twice within two days.
 */
export const firstInstantAt = (wall: WallTime, timeZone: string): number => {
  const before = offsetMs(wall - dayMs, timeZone);
  const after = offsetMs(wall + dayMs, timeZone);
  if (before === after || offsetMs(wall - before, timeZone) === before) return wall - before;
  if (offsetMs(wall - after, timeZone) === after) return wall - after;
  let [inside, past] = [wall - after, wall - before];
  while (past - inside > 1) {
    const middle = Math.floor((inside + past) / 2);
    if (offsetMs(middle, timeZone) === before) inside = middle;
    else past = middle;
  }
  return past;
};
