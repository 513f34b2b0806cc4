import { describe, expect, it } from "vitest";
import { nextRunAt } from "#shared/schedules/next-run";
import { effectiveSchedule, storedSchedule } from "#shared/schedules/schedule";

const stored = { frequency: "weekly", dayOfWeek: 5, hour: 4, timeZone: "Europe/Prague", pausedUntil: null };
const effective = (its: object) => effectiveSchedule(storedSchedule.parse(its));

describe("the schedule that the runs go by", () => {
  it.each([stored, { ...stored, minute: 30 }, { ...stored, pausedUntil: undefined }])(
    "is the stored one: %j",
    (its) => {
      expect(effective(its)).toEqual({ schedule: stored, isAsStored: true });
    },
  );

  it.each(["+05:30", "Mars/Olympus_Mons", ""])("is the stored one in UTC for a zone that is none: %j", (timeZone) => {
    expect(effective({ ...stored, timeZone })).toEqual({
      schedule: { ...stored, timeZone: "UTC" },
      isAsStored: false,
    });
  });

  it.each<[string, object, object]>([
    ["a frequency that nobody knows", { frequency: "fortnightly" }, { hour: 4, timeZone: "Europe/Prague" }],
    ["such a frequency, and no zone", { frequency: "fortnightly", timeZone: "x" }, { hour: 4, timeZone: "UTC" }],
    ["an hour that no clock shows", { hour: 99 }, { hour: 2, timeZone: "Europe/Prague" }],
    ["a week without its day", { dayOfWeek: undefined }, { hour: 4, timeZone: "Europe/Prague" }],
    ["an end of its pause that is no time", { pausedUntil: "soon" }, { hour: 4, timeZone: "Europe/Prague" }],
  ])("is every night for %s", (_, change, rest) => {
    expect(effective({ ...stored, ...change })).toEqual({
      schedule: { frequency: "daily", pausedUntil: null, ...rest },
      isAsStored: false,
    });
  });

  it("keeps a pause that can be read", () => {
    const pausedUntil = "2026-12-01T00:00:00.000Z";

    expect(effective({ ...stored, frequency: "x", pausedUntil }).schedule).toMatchObject({ pausedUntil });
  });
});

it("brings the next run at the hour in UTC where the zone is none", () => {
  const its = storedSchedule.parse({ ...stored, frequency: "daily", timeZone: "+05:30" });

  expect(nextRunAt(its, new Date("2026-11-22T12:00:00Z")).toISOString()).toBe("2026-11-23T04:00:00.000Z");
});
