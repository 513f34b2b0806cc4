import * as z from "zod";
import { openEnum } from "../stored.ts";
import { ianaTimeZone } from "./zoned-time.ts";

const wholeNumber = (from: number, to: number, message: string) => z.int(message).min(from, message).max(to, message);

/** A field of another frequency. Named rather than unknown, so that the refusal points at it. */
const onlyFor = (frequency: string) => z.never(`Only a ${frequency} schedule has this field.`).optional();

const toUtc = (at: string): string => {
  const instant = Date.parse(at);
  return Number.isNaN(instant) ? at : new Date(instant).toISOString();
};

const pausedUntilMessage = "Paused until must be an RFC 3339 date-time between the years 1970 and 9998, or null.";

// Times are compared as text in places, which holds for years of four digits, and the next run may fall into the next
// year.
const pausedUntil = z.iso
  .datetime({ offset: true, abort: true, error: pausedUntilMessage })
  .overwrite(toUtc)
  .refine((at) => at >= "1970" && at < "9999", pausedUntilMessage)
  .nullable()
  .default(null);

const everyFrequency = {
  hour: wholeNumber(0, 23, "The hour must be a whole number from 0 to 23."),
  timeZone: ianaTimeZone,
  pausedUntil,
};

const dayOfWeek = wholeNumber(1, 7, "The day of the week must be a whole number from 1 (Monday) to 7 (Sunday).");
const dayOfMonth = wholeNumber(1, 31, "The day of the month must be a whole number from 1 to 31.");
const noDayOfWeek = { dayOfWeek: onlyFor("weekly") };
const noDayOfMonth = { dayOfMonth: onlyFor("monthly") };

const daily = z.strictObject({ frequency: z.literal("daily"), ...noDayOfWeek, ...noDayOfMonth, ...everyFrequency });
const weekly = z.strictObject({ frequency: z.literal("weekly"), dayOfWeek, ...noDayOfMonth, ...everyFrequency });
const monthly = z.strictObject({ frequency: z.literal("monthly"), ...noDayOfWeek, dayOfMonth, ...everyFrequency });
const monthEnd = z.strictObject({
  frequency: z.literal("month-end"),
  ...noDayOfWeek,
  ...noDayOfMonth,
  ...everyFrequency,
});

/**
 * When a partner's usage is sent by itself: at an hour of its own clocks, on all or some of its own dates.
 * Day of the week is 1 for Monday to 7 for Sunday; days 29 to 31 mean the last day in a month that is shorter.
 */
export const exportSchedule = z.discriminatedUnion("frequency", [daily, weekly, monthly, monthEnd], {
  error: ({ code }) =>
    code === "invalid_union" ? "The frequency must be daily, weekly, monthly or month-end." : undefined,
});

export type ExportSchedule = z.infer<typeof exportSchedule>;

/** The same as it lies in the table, whatever another version has put there: a zone may be none any more. */
export const storedSchedule = z.looseObject({
  frequency: openEnum<ExportSchedule["frequency"]>(),
  hour: z.int(),
  timeZone: z.string(),
  pausedUntil: z.string().nullable().default(null),
});
export type StoredSchedule = z.infer<typeof storedSchedule>;

const readable = z.discriminatedUnion("frequency", [daily.strip(), weekly.strip(), monthly.strip(), monthEnd.strip()]);

// when most partners' days are over, and before people come to work
const usualHour = 2;

const everyNight = z.object({
  frequency: z.literal("daily").catch("daily"),
  hour: everyFrequency.hour.catch(usualHour),
  timeZone: ianaTimeZone.catch("UTC"),
  pausedUntil: pausedUntil.catch(null),
});

/**
 * The schedule that the runs go by. Where the stored one cannot be read, another stands in: in UTC for a zone that is
 * none, every night for a frequency of another version. A count is a level, so a run too many does no harm, and one
 * that never comes does.
 */
export const effectiveSchedule = (stored: StoredSchedule): { schedule: ExportSchedule; isAsStored: boolean } => {
  const exact = readable.safeParse(stored);
  if (exact.success) return { schedule: exact.data, isAsStored: true };
  const inUtc = readable.safeParse({ ...stored, timeZone: "UTC" });
  return { schedule: inUtc.success ? inUtc.data : everyNight.parse(stored), isAsStored: false };
};

/** A pause that is over may still stand in the schedule: nobody has to take it out. */
export const isPaused = ({ pausedUntil: end }: Pick<StoredSchedule, "pausedUntil">, at: string): boolean =>
  end !== null && end > at;

/** What a partner has until it chooses: every night. */
export const defaultSchedule = (timeZone: string): ExportSchedule => ({
  frequency: "daily",
  hour: usualHour,
  timeZone,
  pausedUntil: null,
});
