import type { Integration } from "../../states.ts";

type Schedule = NonNullable<Integration["schedule"]>;

// 5 January 2026 was a Monday
const dayName = new Intl.DateTimeFormat(undefined, { weekday: "long", timeZone: "UTC" });
export const weekdays = [1, 2, 3, 4, 5, 6, 7].map((day) => ({
  day,
  name: dayName.format(Date.UTC(2026, 0, 4 + day)),
}));

export const hourName = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

/** A time as the clocks of a zone show it. */
export const momentIn = (time: string, timeZone: string): string => {
  try {
    return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone }).format(
      new Date(time),
    );
  } catch {
    // a zone that this browser does not know
    return time;
  }
};

const whenOf = ({ frequency, dayOfWeek, dayOfMonth }: Schedule): string => {
  if (frequency === "daily") return "Every day";
  if (frequency === "weekly") return `Every ${weekdays.find(({ day }) => day === dayOfWeek)?.name ?? "week"}`;
  if (frequency === "monthly") return `Every month on day ${String(dayOfMonth)}`;
  return frequency === "month-end" ? "On the last day of every month" : frequency;
};

/** `Every Monday at 02:00, Europe/Prague`. */
export const scheduleInWords = (schedule: Schedule): string =>
  `${whenOf(schedule)} at ${hourName(schedule.hour)}, ${schedule.timeZone}`;
