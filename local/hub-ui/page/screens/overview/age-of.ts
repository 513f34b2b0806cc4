import { countOf } from "../../../../page-parts/words.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `3 days`, `5 hours`, `1 minute`. */
export const ageOf = (since: string, now = Date.now()): string => {
  const ms = Math.max(0, now - Date.parse(since));
  if (ms >= 2 * dayMs) return countOf(Math.floor(ms / dayMs), "day");
  if (ms >= hourMs) return countOf(Math.floor(ms / hourMs), "hour");
  return countOf(Math.max(1, Math.floor(ms / minuteMs)), "minute");
};
