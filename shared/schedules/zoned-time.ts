import * as z from "zod";

/**
 * What the clocks of a zone show, as milliseconds: the instant at which clocks in UTC would show the same.
 * It counts like time on a calendar does, so a local date is the wall time of its midnight.
 */
export type WallTime = number;

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

// To ask Intl takes 100 µs, and a schedule is parsed whenever it is read. Other spellings are not kept: they have no
// end.
const canonicalNames = new Set<string>();

/** Intl's spelling of a zone's name; undefined for what is none. A mere offset is none: it knows no summer time. */
const canonicalName = (name: string): string | undefined => {
  if (canonicalNames.has(name)) return name;
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    const canonical = new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
    canonicalNames.add(canonical);
    return canonical;
  } catch {
    return undefined;
  }
};

export const isTimeZone = (name: string): boolean => canonicalName(name) !== undefined;

const timeZoneMessage = "The time zone must be an IANA name, such as Europe/Prague.";

/** The name of a time zone, in any case; what comes out is spelled as Intl spells it. */
export const ianaTimeZone = z
  .string(timeZoneMessage)
  .overwrite((name) => canonicalName(name) ?? name)
  .refine(isTimeZone, timeZoneMessage);

// A formatter takes 100 µs to make and 30 kB to keep, a use of it 1 µs; there are about 400 zones.
const formatters = new Map<string, Intl.DateTimeFormat>();

const offsetFormatter = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", timeZoneName: "longOffset" });
  formatters.set(timeZone, formatter);
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
