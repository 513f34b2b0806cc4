import { describe, expect, it } from "vitest";
import { defaultSchedule, exportSchedule } from "#shared/schedules/schedule";

const daily = { frequency: "daily", hour: 2, timeZone: "Europe/Prague", pausedUntil: null };

const refusals = (body: unknown) =>
  (exportSchedule.safeParse(body).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("the schedule that a partner sends", () => {
  it.each([
    daily,
    { ...daily, frequency: "weekly", dayOfWeek: 7 },
    { ...daily, frequency: "monthly", dayOfMonth: 31, hour: 0 },
    { ...daily, frequency: "month-end", hour: 23 },
    { ...daily, pausedUntil: "2026-12-01T00:00:00.000Z" },
  ])("takes $frequency", (body) => {
    expect(exportSchedule.parse(body)).toEqual(body);
  });

  it("is not paused when nothing is said about a pause", () => {
    expect(exportSchedule.parse({ ...daily, pausedUntil: undefined })).toEqual(daily);
  });

  it("turns the end of a pause into UTC", () => {
    const { pausedUntil } = exportSchedule.parse({ ...daily, pausedUntil: "2026-12-01T00:00:00+05:45" });
    expect(pausedUntil).toBe("2026-11-30T18:15:00.000Z");
  });

  it.each(["europe/PRAGUE", "utc", "etc/gmt+5", "Asia/Calcutta"])(
    "keeps the time zone %s as it was given",
    (timeZone) => {
      expect(exportSchedule.parse({ ...daily, timeZone })).toEqual({ ...daily, timeZone });
    },
  );

  const zoneMessage = "timeZone: The time zone must be an IANA name, such as Europe/Prague.";
  const hourMessage = "hour: The hour must be a whole number from 0 to 23.";
  const weekdayMessage = "dayOfWeek: The day of the week must be a whole number from 1 (Monday) to 7 (Sunday).";
  const monthDayMessage = "dayOfMonth: The day of the month must be a whole number from 1 to 31.";
  const frequencyMessage = "frequency: The frequency must be daily, weekly, monthly or month-end.";
  const pauseMessage =
    "pausedUntil: Paused until must be an RFC 3339 date-time between the years 1970 and 9998, or null.";
  it.each([
    ["an unknown frequency", { ...daily, frequency: "hourly" }, frequencyMessage],
    ["no frequency", { ...daily, frequency: undefined }, frequencyMessage],
    ["an hour after 23", { ...daily, hour: 24 }, hourMessage],
    ["an hour before 0", { ...daily, hour: -1 }, hourMessage],
    ["half an hour", { ...daily, hour: 2.5 }, hourMessage],
    ["an hour as text", { ...daily, hour: "2" }, hourMessage],
    ["no hour", { ...daily, hour: undefined }, hourMessage],
    ["a zone that does not exist", { ...daily, timeZone: "Europe/Brno" }, zoneMessage],
    ["a mere offset as the zone", { ...daily, timeZone: "+01:00" }, zoneMessage],
    ["an empty zone", { ...daily, timeZone: "" }, zoneMessage],
    ["no zone", { ...daily, timeZone: undefined }, zoneMessage],
    ["a week without its day", { ...daily, frequency: "weekly" }, weekdayMessage],
    ["an eighth day of the week", { ...daily, frequency: "weekly", dayOfWeek: 8 }, weekdayMessage],
    ["a month without its day", { ...daily, frequency: "monthly" }, monthDayMessage],
    ["a 32nd day of the month", { ...daily, frequency: "monthly", dayOfMonth: 32 }, monthDayMessage],
    ["a day 0 of the month", { ...daily, frequency: "monthly", dayOfMonth: 0 }, monthDayMessage],
    ["a day of the week every day", { ...daily, dayOfWeek: 1 }, "dayOfWeek: Only a weekly schedule has this field."],
    [
      "a day of the month at month's end",
      { ...daily, frequency: "month-end", dayOfMonth: 1 },
      "dayOfMonth: Only a monthly schedule has this field.",
    ],
    ["a pause until a mere date", { ...daily, pausedUntil: "2026-12-01" }, pauseMessage],
    ["a pause until 30 February", { ...daily, pausedUntil: "2026-02-30T00:00:00Z" }, pauseMessage],
    ["a pause without an offset", { ...daily, pausedUntil: "2026-12-01T00:00:00" }, pauseMessage],
    ["a pause into a fifth digit of the year", { ...daily, pausedUntil: "9999-12-31T23:00:00-02:00" }, pauseMessage],
    ["a pause into the last of four-digit years", { ...daily, pausedUntil: "9999-01-01T00:00:00Z" }, pauseMessage],
    ["a pause until before Christ", { ...daily, pausedUntil: "0000-01-01T00:00:00+02:00" }, pauseMessage],
    ["an unknown field", { ...daily, minute: 30 }, ': Unrecognized key: "minute"'],
  ])("refuses %s and names the field", (_what, body, refusal) => {
    expect(refusals(body)).toEqual([refusal]);
  });

  it.each([[null], ["daily"], [[]]])("refuses %j as a schedule", (body) => {
    expect(exportSchedule.safeParse(body).success).toBe(false);
  });

  it("names every wrong field at once", () => {
    const body = { frequency: "weekly", hour: 99, timeZone: "Mars", dayOfWeek: 0, dayOfMonth: 1, pausedUntil: "soon" };
    expect(refusals(body).map((refusal) => refusal.split(":")[0])).toEqual([
      "dayOfWeek",
      "dayOfMonth",
      "hour",
      "timeZone",
      "pausedUntil",
    ]);
  });
});

it("sends a new partner's usage every night at two", () => {
  const schedule = defaultSchedule("Europe/Prague");
  expect(schedule).toEqual(daily);
  expect(exportSchedule.parse(schedule)).toEqual(schedule);
});
