import { describe, expect, it } from "vitest";
import { nextRunAt } from "#shared/schedules/next-run";
import { exportSchedule } from "#shared/schedules/schedule";

const runs = (fields: object, after: string, count: number): string[] => {
  const schedule = exportSchedule.parse({ frequency: "daily", hour: 2, timeZone: "UTC", ...fields });
  const found: string[] = [];
  for (let at = new Date(after); found.length < count; ) {
    at = nextRunAt(schedule, at);
    found.push(at.toISOString().replace(":00.000Z", "Z"));
  }
  return found;
};

describe("the next run", () => {
  it("is at the hour of the partner's clocks, not of ours", () => {
    expect(runs({ timeZone: "Europe/Prague" }, "2026-07-01T12:00:00Z", 1)).toEqual(["2026-07-02T00:00Z"]);
    expect(runs({ timeZone: "Asia/Kolkata" }, "2026-07-01T12:00:00Z", 1)).toEqual(["2026-07-01T20:30Z"]);
    expect(runs({ timeZone: "Asia/Kathmandu" }, "2026-07-01T12:00:00Z", 1)).toEqual(["2026-07-01T20:15Z"]);
    expect(runs({ timeZone: "America/St_Johns" }, "2026-01-15T12:00:00Z", 1)).toEqual(["2026-01-16T05:30Z"]);
    expect(runs({ timeZone: "Australia/Eucla" }, "2026-01-15T12:00:00Z", 1)).toEqual(["2026-01-15T17:15Z"]);
    expect(runs({ timeZone: "Pacific/Chatham" }, "2026-01-15T00:00:00Z", 1)).toEqual(["2026-01-15T12:15Z"]);
    expect(runs({ timeZone: "Pacific/Kiritimati" }, "2026-07-01T13:00:00Z", 1)).toEqual(["2026-07-02T12:00Z"]);
  });

  it("is on a quarter of an hour of ours in every zone, winter and summer", () => {
    const late = Intl.supportedValuesOf("timeZone").filter((timeZone) =>
      ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"]
        .flatMap((after) => runs({ timeZone }, after, 1))
        .some((at) => !/T\d\d:(00|15|30|45)Z$/.test(at)),
    );

    expect(late).toEqual([]);
  });

  it("comes after the instant asked about, never at it", () => {
    expect(runs({}, "2026-07-01T01:59:59.999Z", 1)).toEqual(["2026-07-01T02:00Z"]);
    expect(runs({}, "2026-07-01T02:00:00Z", 1)).toEqual(["2026-07-02T02:00Z"]);
  });

  it("comes every week on its day", () => {
    expect(runs({ frequency: "weekly", dayOfWeek: 1 }, "2026-05-13T00:00:00Z", 2)).toEqual([
      "2026-05-18T02:00Z",
      "2026-05-25T02:00Z",
    ]);
    expect(runs({ frequency: "weekly", dayOfWeek: 7 }, "2026-05-17T01:00:00Z", 1)).toEqual(["2026-05-17T02:00Z"]);
    expect(runs({ frequency: "weekly", dayOfWeek: 7 }, "2026-05-17T02:00:00Z", 1)).toEqual(["2026-05-24T02:00Z"]);
  });

  it("comes on the last day of a month that has no 31st, 30th or 29th", () => {
    expect(runs({ frequency: "monthly", dayOfMonth: 31 }, "2027-12-31T12:00:00Z", 5)).toEqual([
      "2028-01-31T02:00Z",
      "2028-02-29T02:00Z",
      "2028-03-31T02:00Z",
      "2028-04-30T02:00Z",
      "2028-05-31T02:00Z",
    ]);
    expect(runs({ frequency: "monthly", dayOfMonth: 30 }, "2027-02-01T00:00:00Z", 2)).toEqual([
      "2027-02-28T02:00Z",
      "2027-03-30T02:00Z",
    ]);
    expect(runs({ frequency: "monthly", dayOfMonth: 29 }, "2027-02-01T00:00:00Z", 1)).toEqual(["2027-02-28T02:00Z"]);
    expect(runs({ frequency: "monthly", dayOfMonth: 29 }, "2028-02-01T00:00:00Z", 1)).toEqual(["2028-02-29T02:00Z"]);
  });

  it("comes at the partner's own month's end", () => {
    expect(runs({ frequency: "month-end", hour: 20, timeZone: "Pacific/Honolulu" }, "2026-11-30T20:00:00Z", 2)).toEqual(
      ["2026-12-01T06:00Z", "2027-01-01T06:00Z"],
    );
  });

  it("waits for the end of a pause", () => {
    const pausedUntil = "2026-08-01T02:00:00Z";
    expect(runs({ pausedUntil }, "2026-07-01T00:00:00Z", 2)).toEqual(["2026-08-01T02:00Z", "2026-08-02T02:00Z"]);
    expect(runs({ pausedUntil: "2026-08-01T02:00:00.001Z" }, "2026-07-01T00:00:00Z", 1)).toEqual(["2026-08-02T02:00Z"]);
    expect(runs({ pausedUntil }, "2026-09-01T12:00:00Z", 1)).toEqual(["2026-09-02T02:00Z"]);
  });

  it("is still a date of four digits after the longest pause", () => {
    const pausedUntil = "9998-12-31T23:59:59.999Z";
    expect(runs({ frequency: "month-end", pausedUntil }, "2026-07-01T00:00:00Z", 1)).toEqual(["9999-01-31T02:00Z"]);
  });
});

describe("when the clocks change, a date still has one run", () => {
  it.each([
    ["after the gap in Prague", "Europe/Prague", 2, "2026-03-28T02:00:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:00Z"]],
    [
      "at the first two in Prague",
      "Europe/Prague",
      2,
      "2026-10-24T02:00:00Z",
      ["2026-10-25T00:00Z", "2026-10-26T01:00Z"],
    ],
    [
      "after the gap in New York",
      "America/New_York",
      2,
      "2026-03-07T08:00:00Z",
      ["2026-03-08T07:00Z", "2026-03-09T06:00Z"],
    ],
    [
      "at the first one in New York",
      "America/New_York",
      1,
      "2026-10-31T08:00:00Z",
      ["2026-11-01T05:00Z", "2026-11-02T06:00Z"],
    ],
    [
      "half an hour late on Lord Howe",
      "Australia/Lord_Howe",
      2,
      "2026-10-03T00:00:00Z",
      ["2026-10-03T15:30Z", "2026-10-04T15:00Z"],
    ],
    [
      "after half an hour came twice on Lord Howe",
      "Australia/Lord_Howe",
      2,
      "2026-04-04T00:00:00Z",
      ["2026-04-04T15:30Z", "2026-04-05T15:30Z"],
    ],
    [
      "with 45 minutes in Chatham",
      "Pacific/Chatham",
      3,
      "2026-09-26T00:00:00Z",
      ["2026-09-26T14:00Z", "2026-09-27T13:15Z"],
    ],
    [
      "when midnight is skipped in Cairo",
      "Africa/Cairo",
      0,
      "2026-04-23T00:00:00Z",
      ["2026-04-23T22:00Z", "2026-04-24T21:00Z"],
    ],
    [
      "when midnight comes twice in Havana",
      "America/Havana",
      0,
      "2026-10-31T12:00:00Z",
      ["2026-11-01T04:00Z", "2026-11-02T05:00Z"],
    ],
    [
      "when eleven comes twice in São Paulo",
      "America/Sao_Paulo",
      23,
      "2018-02-17T12:00:00Z",
      ["2018-02-18T01:00Z", "2018-02-19T02:00Z"],
    ],
    [
      "when the gap ends at midnight in Nuuk",
      "America/Nuuk",
      23,
      "2026-03-28T12:00:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:00Z"],
    ],
    [
      "when two hours are skipped at Troll",
      "Antarctica/Troll",
      2,
      "2026-03-28T12:00:00Z",
      ["2026-03-29T01:00Z", "2026-03-30T00:00Z"],
    ],
    [
      "but none on the date that Apia skipped",
      "Pacific/Apia",
      2,
      "2011-12-29T00:00:00Z",
      ["2011-12-29T12:00Z", "2011-12-30T12:00Z"],
    ],
    [
      "even at the hour of the leap in Apia",
      "Pacific/Apia",
      0,
      "2011-12-29T00:00:00Z",
      ["2011-12-29T10:00Z", "2011-12-30T10:00Z"],
    ],
  ])("%s", (_how, timeZone, hour, after, expected) => {
    expect(runs({ timeZone, hour }, after, expected.length)).toEqual(expected);
  });

  it("keeps month's end in Apia and moves the runs of the skipped date to the day before", () => {
    const apia = { timeZone: "Pacific/Apia", hour: 2 };
    const after = "2011-12-10T00:00:00Z";
    expect(runs({ ...apia, frequency: "month-end" }, after, 1)).toEqual(["2011-12-30T12:00Z"]);
    expect(runs({ ...apia, frequency: "monthly", dayOfMonth: 30 }, after, 2)).toEqual([
      "2011-12-29T12:00Z",
      "2012-01-29T12:00Z",
    ]);
    expect(runs({ ...apia, frequency: "weekly", dayOfWeek: 5 }, "2011-12-24T00:00:00Z", 2)).toEqual([
      "2011-12-29T12:00Z",
      "2012-01-05T12:00Z",
    ]);
  });
});
