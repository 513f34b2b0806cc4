import { describe, expect, it } from "vitest";
import { ageOf } from "#local/hub-ui/page/screens/overview/age-of";
import { nextRunWords, pausedWords } from "#local/hub-ui/page/screens/runs/next-run";
import type { Integration } from "#local/hub-ui/page/states";
import { shareWords } from "#local/hub-ui/page/wizard/mapping/mapping";
import { waitingWords } from "#local/hub-ui/page/wizard/sending/export-words";
import { momentOf } from "#local/page-parts/words";
import { nextZerosWords } from "../../../local/hub-ui/page/parts/disconnecting.tsx";
import { cancelWords, restWords } from "../../../local/hub-ui/page/screens/runs/cancel.tsx";

const now = Date.parse("2026-11-26T12:00:00.000Z");

describe("an age", () => {
  it.each([
    ["2026-11-26T11:59:50.000Z", "1 minute"],
    ["2026-11-26T11:15:00.000Z", "45 minutes"],
    ["2026-11-25T11:00:00.000Z", "25 hours"],
    ["2026-11-01T11:00:00.000Z", "25 days"],
    // the service's clock is a little ahead
    ["2026-11-26T12:00:10.000Z", "1 minute"],
  ])("of %s is %s", (since, text) => {
    expect(ageOf(since, now)).toBe(text);
  });
});

describe("zeros of a disconnect", () => {
  it("are said to go out, or until when they wait", () => {
    const retryAt = "2026-11-26T12:15:00.000Z";

    const nextWords = (next: string | null, remaining = 3) => nextZerosWords({ remaining, retryAt: next }, now);
    expect(nextWords(null)).toBe("Zeros go out now.");
    expect(nextWords(retryAt)).toContain(`Nothing goes out until ${momentOf(retryAt)}`);
    expect(nextWords("2026-11-26T11:59:00.000Z")).toBe("It is tried again soon.");
    // Gradient's trouble keeps the last call from going out
    expect(nextWords(null, 0)).toBe("Gradient is still to be told that you have left.");
  });

  it("are not said to go with a next run, nor that nothing is sent", () => {
    const disconnecting = { finalCounts: "zero", remaining: 117, until: "2026-12-03T12:00:00.000Z", retryAt: null };
    const leaving = { state: "disconnected", exports: {}, disconnecting } as unknown as Integration;

    expect(restWords(leaving)).toContain("is set to zero with another try");
    expect(restWords({ disconnecting: null })).toBe("The rest goes with the next run.");
    expect(cancelWords({ mode: "changes" }, leaving)).toContain("is set to zero with another try");
    expect(cancelWords({ mode: "changes" }, undefined)).toBe(
      "What Gradient has accepted by then stays accepted. The rest goes with the next run.",
    );
    // which has sent nothing, and leaves nothing to a next run
    expect(cancelWords({ mode: "dry-run" }, leaving)).toBe("It only compares, and sends nothing.");
    expect(nextRunWords(leaving, now)).toBe("None: only zeros are sent now");
    expect(nextRunWords({ ...leaving, disconnecting: null }, now)).toBe("None: nothing is sent any more");
  });
});

describe("how much is mapped", () => {
  it.each([
    [{ total: 4, mapped: 1, unknown: 0 }, "1 of 4 services"],
    [{ total: 4, mapped: 1, unknown: 2 }, "1 of 4 services (2 not known yet)"],
    [{ total: 4, mapped: 0, unknown: 4 }, "4 services (not known yet)"],
    // of the integration itself, while the mapping is being read
    [{ total: 4, mapped: 0 }, "0 of 4 services"],
  ])("is told of %o as %s", (share, words) => {
    expect(shareWords(share, "service")).toBe(words);
  });
});

describe("the next run", () => {
  const nextRunAt = "2026-11-27T01:00:00.000Z";
  const wait = { since: "2026-11-26T11:00:00.000Z", linesAhead: null, expectedAt: null, retryAt: null };
  const told = (exports: object, state = "active", problems: object[] = []) =>
    nextRunWords({ state, problems, exports: { nextRunAt, waiting: null, ...exports } } as unknown as Integration, now);

  it("is the one that waits, else the schedule's", () => {
    const retryAt = "2026-11-26T12:30:00.000Z";

    expect(told({})).toBe(momentOf(nextRunAt));
    expect(told({ waiting: { ...wait, why: "gradient-down", retryAt } })).toBe(momentOf(retryAt));
    // the same moment that the notice above it tells
    expect(waitingWords({ ...wait, why: "gradient-down", retryAt }, { now })).toContain(momentOf(retryAt));
    expect(told({ waiting: { ...wait, why: "retry", retryAt: "2026-11-26T12:00:20.000Z" } })).toBe("Soon");
    expect(told({ waiting: { ...wait, why: "turn", expectedAt: "2026-11-26T13:00:00.000Z" } })).toBe(
      momentOf("2026-11-26T13:00:00.000Z"),
    );
    // a date that comes before what was left over is tried again takes that along
    const late = { ...wait, why: "retry", retryAt: "2026-11-27T01:30:00.000Z" };
    expect(told({ waiting: late })).toBe(momentOf(nextRunAt));
    expect(told({ waiting: { ...wait, why: "agreement" } })).toBe("Once the new agreement is confirmed");
    expect(told({ nextRunAt: null })).toBe("Starts once Gradient has accepted a first count");
    expect(told({ nextRunAt: null, waiting: { ...wait, why: "gradient-down", retryAt } }, "awaiting-mapping")).toBe(
      "Starts once Gradient has accepted a first count",
    );
  });

  it("is no date while the new agreement is not confirmed in time, also where nothing waits yet", () => {
    expect(told({}, "active", [{ code: "agreement.renewal-due" }])).toBe(momentOf(nextRunAt));
    expect(told({}, "active", [{ code: "agreement.expired" }])).toBe("Once the new agreement is confirmed");
  });

  // its key may be good: Gradient shows its customers no more
  it("is none of a partner that is suspended, whatever for", () => {
    expect(told({}, "suspended")).toBe("None until Gradient is connected again");
  });
});

describe("a schedule that is paused", () => {
  it("is said to be, until it is not", () => {
    const pausedUntil = "2026-12-24T00:00:00.000Z";
    const schedule = { frequency: "daily", hour: 2, timeZone: "UTC", pausedUntil } as const;

    expect(pausedWords({ state: "active", schedule }, now)).toBe(`Sending is paused until ${momentOf(pausedUntil)}. `);
    expect(pausedWords({ state: "active", schedule }, Date.parse(pausedUntil))).toBe("");
    expect(pausedWords({ state: "disconnected", schedule }, now)).toBe("");
    expect(pausedWords({ state: "active", schedule: null }, now)).toBe("");
  });
});
