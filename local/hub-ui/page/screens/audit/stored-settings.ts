import { momentOf } from "../../../../page-parts/words.ts";
import { scheduleInWords } from "../settings/schedule-words.ts";

interface StoredSchedule {
  frequency?: string;
  hour?: number;
  pausedUntil?: string | null;
}

const parsed = (text: string): StoredSchedule | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A setting before or after a change. The trail holds a schedule as it was stored, with its time zone behind it. */
export const settingInWords = (text: string): string => {
  const [, json, timeZone = ""] = /^(\{.*\}) (\S+)$/.exec(text) ?? [];
  const { frequency, hour = 0, pausedUntil = null, ...rest } = (json === undefined ? undefined : parsed(json)) ?? {};
  if (frequency === undefined) return text;
  const pause = pausedUntil === null ? "" : `, paused until ${momentOf(pausedUntil)}`;
  return `${scheduleInWords({ ...rest, frequency, hour, pausedUntil, timeZone })}${pause}`;
};
