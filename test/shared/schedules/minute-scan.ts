/** The first minute at which a zone's clocks showed this hour of this date, or later. */
export interface HourOfDate {
  date: string;
  hour: number;
  at: number;
}

export const minuteMs = 60_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the zone's clocks show, in a form that sorts: `2026-03-29 02:00`. */
export const localClock = (timeZone: string): ((at: number) => string) => {
  const formatter =
    formatters.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  formatters.set(timeZone, formatter);
  return (at) => formatter.format(at);
};

/**
 * Slow and simple: reads the zone's clocks every minute and notes when each hour of each date came. Dates that the span
 * does not hold from their beginning, or whose hours have not all come at its end, are left out.
 */
export const scanMinutes = (timeZone: string, from: number, to: number): HourOfDate[] => {
  const clock = localClock(timeZone);
  const begunBefore = clock(from).slice(0, 10);
  const dates = new Map<string, HourOfDate[]>();
  for (let at = from; at < to; at += minuteMs) {
    const shown = clock(at);
    const today = shown.slice(0, 10);
    if (today !== begunBefore && !dates.has(today)) dates.set(today, []);
    for (const [date, hours] of dates) {
      while (hours.length < 24 && shown >= `${date} ${String(hours.length).padStart(2, "0")}:00`) {
        hours.push({ date, hour: hours.length, at });
      }
    }
  }
  return [...dates.values()].filter((hours) => hours.length === 24).flat();
};
