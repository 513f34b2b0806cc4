import { describe, expect, it } from "vitest";
import { Refused } from "#local/hub-ui/page/answers";
import { tellFailure } from "#local/hub-ui/page/parts/problem-words";
import { addressesIn, namingAddresses } from "#local/hub-ui/page/screens/settings/addresses";
import { bodyOf, draftOf } from "#local/hub-ui/page/screens/settings/schedule-draft";
import { dayIn, startOfDay } from "#local/hub-ui/page/screens/settings/zoned-day";

const now = Date.parse("2026-11-26T12:00:00.000Z");

describe("the start of a day in a zone", () => {
  it.each([
    ["2026-12-24", "Europe/Prague", "2026-12-23T23:00:00.000Z"],
    ["2026-07-01", "America/New_York", "2026-07-01T04:00:00.000Z"],
    ["2026-01-01", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z"],
    ["2026-03-29", "Europe/Prague", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Prague", "2026-03-29T22:00:00.000Z"],
    ["2026-11-01", "UTC", "2026-11-01T00:00:00.000Z"],
    // clocks that skip midnight
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z"],
    ["2026-03-08", "America/Havana", "2026-03-08T05:00:00.000Z"],
    ["2026-03-29", "Atlantic/Azores", "2026-03-29T01:00:00.000Z"],
    // midnight comes twice, or not before clocks are put back
    ["2026-11-01", "America/Havana", "2026-11-01T04:00:00.000Z"],
    ["2026-10-25", "Atlantic/Azores", "2026-10-25T00:00:00.000Z"],
    ["2026-04-05", "America/Santiago", "2026-04-05T04:00:00.000Z"],
    ["2026-03-29", "America/Nuuk", "2026-03-29T01:00:00.000Z"],
    // a zone that this browser does not know
    ["2026-12-24", "Mars/Olympus", "2026-12-24T00:00:00.000Z"],
  ])("%s in %s is %s, and back", (day, zone, instant) => {
    expect(startOfDay(day, zone).toISOString()).toBe(instant);
    expect(dayIn(instant, zone)).toBe(day);
    expect(dayIn(new Date(Date.parse(instant) - 1).toISOString(), zone)).not.toBe(day);
  });
});

describe("the schedule's form", () => {
  const stored = { frequency: "weekly", dayOfWeek: 3, hour: 2, timeZone: "Europe/Prague", pausedUntil: null };

  it("says what is stored, and sends only what its frequency has", () => {
    const draft = draftOf(stored, now);

    expect(bodyOf(draft)).toEqual(stored);
    expect(bodyOf({ ...draft, frequency: "daily" })).toEqual({
      frequency: "daily",
      hour: 2,
      timeZone: "Europe/Prague",
      pausedUntil: null,
    });
    expect(bodyOf({ ...draft, frequency: "monthly", dayOfMonth: 31 })).toMatchObject({ dayOfMonth: 31 });
  });

  it("forgets a pause that is over, and keeps one that is not", () => {
    const paused = (pausedUntil: string) => draftOf({ ...stored, pausedUntil }, now);

    expect(paused("2026-11-25T23:00:00.000Z").pausedUntil).toBe("");
    expect(bodyOf(paused("2026-12-23T23:00:00.000Z"))).toMatchObject({ pausedUntil: "2026-12-23T23:00:00.000Z" });
  });

  it("leaves a date that is skipped skipped, unless the day or the zone becomes another one", () => {
    const draft = draftOf({ ...stored, pausedUntil: "2026-12-24T01:00:01.000Z" }, now);

    expect(draft.pausedUntil).toBe("2026-12-24");
    expect(bodyOf({ ...draft, hour: 3 })).toMatchObject({ hour: 3, pausedUntil: "2026-12-24T01:00:01.000Z" });
    expect(bodyOf({ ...draft, pausedUntil: "2026-12-25" })).toMatchObject({ pausedUntil: "2026-12-24T23:00:00.000Z" });
    expect(bodyOf({ ...draft, pausedUntil: "" })).toMatchObject({ pausedUntil: null });
    expect(bodyOf({ ...draft, timeZone: "UTC" })).toMatchObject({ pausedUntil: "2026-12-24T00:00:00.000Z" });
  });
});

describe("recipients", () => {
  it.each([
    ["", []],
    [" a@x.example\n\n b@x.example ", ["a@x.example", "b@x.example"]],
    ["a@x.example, b@x.example;c@x.example\r\n", ["a@x.example", "b@x.example", "c@x.example"]],
  ])("are found in %j", (text, addresses) => {
    expect(addressesIn(text)).toEqual(addresses);
  });
});

describe("recipients that are refused", () => {
  it("are named, each with what is wrong with it", () => {
    const errors = [
      { path: "recipients.1", message: "This is no address." },
      { path: "recipients", message: "An address is named twice." },
    ];
    const problem = {
      type: "x",
      title: "x",
      status: 422,
      code: "request.invalid",
      detail: "x",
      requestId: "r",
      errors,
    };

    const named = namingAddresses(new Refused(problem, new Headers()), ["a@x.example", "nobody"]);
    expect(tellFailure(named).faults).toEqual(["nobody: This is no address.", "An address is named twice."]);
    expect(namingAddresses(null, [])).toBeNull();
  });
});
