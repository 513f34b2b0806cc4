import { expect, it } from "vitest";
import { inWords } from "#shared/mail/letters/moment";

it.each([
  ["2026-11-02T09:15:59Z", "UTC", "2 November 2026, 09:15 UTC"],
  ["2026-11-02T09:15:59Z", "Europe/London", "2 November 2026, 09:15 UTC"],
  ["2026-07-02T00:05:00Z", "Europe/London", "2 July 2026, 00:05 UTC (01:05 in Europe/London)"],
  ["2026-11-02T00:00:00Z", "Asia/Kolkata", "2 November 2026, 00:00 UTC (05:30 in Asia/Kolkata)"],
  [
    "2027-01-01T03:00:00Z",
    "America/New_York",
    "1 January 2027, 03:00 UTC (31 December 2026, 22:00 in America/New_York)",
  ],
  ["2026-11-02T09:15:59Z", "Mars/Olympus", "2 November 2026, 09:15 UTC"],
])("%s in %s reads %s", (at, timeZone, words) => {
  expect(inWords(new Date(at), timeZone)).toBe(words);
});
