import { describe, expect, it } from "vitest";
import { isFullRun } from "#shared/schedules/full-run";

const day = 24 * 60 * 60 * 1000;
const scheduledAt = new Date("2026-05-14T00:00:00Z");
const ago = (ms: number) => new Date(scheduledAt.getTime() - ms);

/** In the middle of a month, two days after a full run that nothing has outdated. */
const ordinary = {
  scheduledAt,
  timeZone: "Europe/Prague",
  lastFullAt: ago(2 * day),
  mappingChangedAt: ago(8 * day),
  tokenReplacedAt: ago(30 * day),
};

describe("a scheduled run sends only what changed", () => {
  it.each([
    ["on an ordinary day", ordinary],
    [
      "when mapping never changed and the token was never replaced",
      { ...ordinary, mappingChangedAt: null, tokenReplacedAt: null },
    ],
    ["six days after a full run", { ...ordinary, lastFullAt: ago(6 * day) }],
    ["when a person sent everything after it was due", { ...ordinary, lastFullAt: ago(-day) }],
  ])("%s", (_when, run) => {
    expect(isFullRun(run)).toBe(false);
  });
});

describe("a scheduled run sends everything", () => {
  it.each([
    ["when there was no full run yet", { ...ordinary, lastFullAt: null }],
    ["when waiting a day would make it more than seven", { ...ordinary, lastFullAt: ago(6 * day + 1) }],
    ["a week after a full run", { ...ordinary, lastFullAt: ago(7 * day) }],
    ["after a mapping change", { ...ordinary, mappingChangedAt: ago(day) }],
    ["after a token was replaced", { ...ordinary, tokenReplacedAt: ago(day) }],
    ["after a mapping change since it was due", { ...ordinary, mappingChangedAt: ago(-60_000) }],
  ])("%s", (_when, run) => {
    expect(isFullRun(run)).toBe(true);
  });

  it("at least once in seven days when it runs daily and starts a little late", () => {
    let lastFull = scheduledAt.getTime() + 5_000;
    for (let n = 1; n <= 14; n += 1) {
      const due = new Date(scheduledAt.getTime() + n * day);
      if (!isFullRun({ ...ordinary, scheduledAt: due, lastFullAt: new Date(lastFull) })) continue;
      expect(due.getTime() - lastFull).toBeLessThanOrEqual(7 * day);
      expect(due.getTime() - lastFull).toBeGreaterThan(6 * day);
      lastFull = due.getTime() + 5_000;
    }
    expect(lastFull).toBe(scheduledAt.getTime() + 14 * day + 5_000);
  });

  // 1 May begins in Auckland at noon of 30 April in UTC, in Honolulu at ten in the morning of 1 May.
  it.each([
    ["2026-04-28T11:59:59Z", "Pacific/Auckland", true, "28 April"],
    ["2026-04-27T11:59:59Z", "Pacific/Auckland", false, "27 April"],
    ["2026-04-27T12:00:00Z", "Pacific/Auckland", true, "28 April"],
    ["2026-04-30T11:59:59Z", "Pacific/Auckland", true, "30 April"],
    ["2026-04-30T12:00:00Z", "Pacific/Auckland", false, "1 May"],
    ["2026-04-28T09:59:59Z", "Pacific/Honolulu", false, "27 April"],
    ["2026-04-28T10:00:00Z", "Pacific/Honolulu", true, "28 April"],
    ["2026-05-01T09:59:59Z", "Pacific/Honolulu", true, "30 April"],
    ["2028-02-27T12:00:00Z", "Europe/Prague", true, "27 February of a leap year"],
    ["2027-02-26T12:00:00Z", "Europe/Prague", true, "26 February"],
    ["2028-02-26T12:00:00Z", "Europe/Prague", false, "26 February of a leap year"],
    ["2026-12-31T22:59:59Z", "Europe/Prague", true, "31 December"],
    ["2026-12-31T23:00:00Z", "Europe/Prague", false, "1 January"],
  ])("at %s in %s: %s, because there it is %s", (at, timeZone, full) => {
    const due = new Date(at);
    const justSent = new Date(due.getTime() - 60_000);
    expect(isFullRun({ ...ordinary, scheduledAt: due, timeZone, lastFullAt: justSent, mappingChangedAt: null })).toBe(
      full,
    );
  });
});
