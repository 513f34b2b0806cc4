import { describe, expect, it } from "vitest";
import { parseSchedule } from "#local/host/schedule-expression";

describe("a schedule's next time", () => {
  it.each([
    ["rate(1 minute)", "2026-11-22T11:03:20Z", "2026-11-22T11:04:20Z"],
    ["rate(5 minutes)", "2026-11-22T11:03:20Z", "2026-11-22T11:08:20Z"],
    ["rate(1 day)", "2026-11-22T11:03:20Z", "2026-11-23T11:03:20Z"],
    ["cron(0 * * * ? *)", "2026-11-22T11:03:20Z", "2026-11-22T12:00:00Z"],
    ["cron(0 * * * ? *)", "2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"],
    ["cron(0/15 8-10 * * ? *)", "2026-11-22T10:50:00Z", "2026-11-23T08:00:00Z"],
    ["cron(30 6 ? * MON-FRI *)", "2026-11-20T07:00:00Z", "2026-11-23T06:30:00Z"],
    ["cron(0 0 1,15 JAN ? *)", "2026-11-22T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["cron(0 0 29 2 ? *)", "2026-11-22T00:00:00Z", "2028-02-29T00:00:00Z"],
  ])("%s after %s", (expression, after, expected) => {
    expect(parseSchedule(expression).next(new Date(after))).toEqual(new Date(expected));
  });

  it.each(["rate(1 week)", "at(2026-11-22T00:00:00)", "cron(* * * *)", "cron(0 0 L * ? *)"])(
    "%s is refused rather than guessed",
    (expression) => {
      expect(() => parseSchedule(expression).next(new Date())).toThrow();
    },
  );
});
