import * as z from "zod";
import { ianaTimeZone } from "./zoned-time.ts";

const wholeNumber = (from: number, to: number, message: string) => z.int(message).min(from, message).max(to, message);

/** A field of another frequency. Named rather than unknown, so that the refusal points at it. */
const onlyFor = (frequency: string) => z.never(`Only a ${frequency} schedule has this field.`).optional();

const toUtc = (at: string): string => {
  const instant = Date.parse(at);
  return Number.isNaN(instant) ? at : new Date(instant).toISOString();
};

const pausedUntilMessage = "Paused until must be an RFC 3339 date-time between the years 1970 and 9998, or null.";

// Times are compared as text in places, which holds for years of four digits, and the next run may fall into the next year.
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

/**
 * When a partner's usage is sent by itself: at an hour of its own clocks, on all or some of its own dates.
 * Day of the week is 1 for Monday to 7 for Sunday; days 29 to 31 mean the last day in a month that is shorter.
 */
export const exportSchedule = z.discriminatedUnion(
  "frequency",
  [
    z.strictObject({ frequency: z.literal("daily"), ...noDayOfWeek, ...noDayOfMonth, ...everyFrequency }),
    z.strictObject({ frequency: z.literal("weekly"), dayOfWeek, ...noDayOfMonth, ...everyFrequency }),
    z.strictObject({ frequency: z.literal("monthly"), ...noDayOfWeek, dayOfMonth, ...everyFrequency }),
    z.strictObject({ frequency: z.literal("month-end"), ...noDayOfWeek, ...noDayOfMonth, ...everyFrequency }),
  ],
  {
    error: ({ code }) =>
      code === "invalid_union" ? "The frequency must be daily, weekly, monthly or month-end." : undefined,
  },
);
export type ExportSchedule = z.infer<typeof exportSchedule>;

/** A pause that is over may still stand in the schedule: nobody has to take it out. */
export const isPaused = ({ pausedUntil: end }: Pick<ExportSchedule, "pausedUntil">, at: string): boolean =>
  end !== null && end > at;

/** What a partner has until it chooses: every night, when its day is over and before people come to work. */
export const defaultSchedule = (timeZone: string): ExportSchedule => ({
  frequency: "daily",
  hour: 2,
  timeZone,
  pausedUntil: null,
});
