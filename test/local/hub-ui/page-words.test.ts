import { describe, expect, it } from "vitest";
import { Refused } from "#local/hub-ui/page/answers";
import { pressedWords } from "#local/hub-ui/page/hold";
import { tellFailure } from "#local/hub-ui/page/parts/problem-words";
import { detailsInWords } from "#local/hub-ui/page/screens/audit/event-words";
import { ageOf } from "#local/hub-ui/page/screens/overview/age-of";
import { nextRunWords, pausedWords } from "#local/hub-ui/page/screens/runs/next-run";
import { leftOverWords, progressOf, type Run } from "#local/hub-ui/page/screens/runs/run-words";
import { standingOf, standstillWords } from "#local/hub-ui/page/screens/runs/standstill";
import { addressesIn, namingAddresses } from "#local/hub-ui/page/screens/settings/addresses";
import { bodyOf, draftOf } from "#local/hub-ui/page/screens/settings/schedule-draft";
import { dayIn, startOfDay } from "#local/hub-ui/page/screens/settings/zoned-day";
import type { Integration } from "#local/hub-ui/page/states";
import { isLookedAt, shareWords, toggled } from "#local/hub-ui/page/wizard/mapping/mapping";
import { outcomeWords, waitingWords } from "#local/hub-ui/page/wizard/sending/export-words";
import { stepWords } from "#local/hub-ui/page/wizard/step-words";
import { isAstray } from "#local/page-parts/double-clicks";
import { momentOf } from "#local/page-parts/words";
import { nextZerosWords } from "../../../local/hub-ui/page/parts/disconnecting.tsx";
import { restWords } from "../../../local/hub-ui/page/screens/runs/cancel.tsx";

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

describe("the start of a day in a zone", () => {
  it.each([
    ["2026-12-24", "Europe/Prague", "2026-12-23T23:00:00.000Z"],
    ["2026-07-01", "America/New_York", "2026-07-01T04:00:00.000Z"],
    ["2026-01-01", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z"],
    ["2026-03-29", "Europe/Prague", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Prague", "2026-03-29T22:00:00.000Z"],
    ["2026-11-01", "UTC", "2026-11-01T00:00:00.000Z"],
  ])("%s in %s is %s, and back", (day, zone, instant) => {
    expect(startOfDay(day, zone).toISOString()).toBe(instant);
    expect(dayIn(instant, zone)).toBe(day);
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
});

describe("the details of an event", () => {
  it("are in words, in the order in which people ask, without zeros; what is not known stays", () => {
    expect(detailsInWords({ exportId: "run-1", somethingNew: 7, rejected: 0, lines: 3, outcome: "partial" })).toEqual([
      { name: "Outcome", text: "in part" },
      { name: "Lines", text: "3" },
      { name: "somethingNew", text: "7" },
    ]);
  });
});

describe("what an event says of itself", () => {
  const known = ["userAgent", "result", "lastFourBefore", "organizationBefore", "finalCounts", "remaining", "count"];

  it.each(known)("names %s in words", (name) => {
    expect(detailsInWords({ [name]: "x" })).not.toContainEqual({ name, text: "x" });
  });

  it("tells a schedule as the settings tell it", () => {
    const before = '{"frequency":"daily","hour":2,"pausedUntil":null} Europe/Prague';
    const after = '{"frequency":"weekly","dayOfWeek":3,"hour":5,"pausedUntil":null} UTC';

    expect(detailsInWords({ before, after })).toEqual([
      { name: "Before", text: "Every day at 02:00, Europe/Prague" },
      { name: "Now", text: "Every Wednesday at 05:00, UTC" },
    ]);
    expect(detailsInWords({ after: "nobody; bad results only" })).toEqual([
      { name: "Now", text: "nobody; bad results only" },
    ]);
    expect(detailsInWords({ after: "{not a schedule} UTC" })).toEqual([{ name: "Now", text: "{not a schedule} UTC" }]);
  });
});

describe("what is mapped in Gradient", () => {
  const at = "2026-11-26T11:00:00.000Z";
  const changes = { existed: 0, renamed: 0, retired: 0, refused: 0 };
  const mapping = (facts: object) => ({
    lastCheckedAt: at,
    lastChanges: null,
    accounts: { total: 37, mapped: 0, unknown: 0 },
    ...facts,
  });

  it.each([
    ["before the first look", mapping({ lastCheckedAt: null }), false],
    ["after the look that put customers there", mapping({ lastChanges: { at, created: 37, ...changes } }), false],
    ["after the look that followed", mapping({ lastChanges: { at: "2026-11-26", created: 37, ...changes } }), true],
    ["where nothing had to be put there", mapping({ lastChanges: { at, created: 0, ...changes } }), true],
    [
      "where one was put beside those that are mapped",
      mapping({ lastChanges: { at, created: 1, ...changes }, accounts: { total: 37, mapped: 29, unknown: 0 } }),
      true,
    ],
  ])("%s: it is known: %#", (_when, now, isKnown) => {
    expect(isLookedAt(now)).toBe(isKnown);
  });
});

describe("what usage waits for", () => {
  const wait = { since: "2026-11-26T11:00:00.000Z", linesAhead: null, expectedAt: null, retryAt: null };

  it.each([
    [{ ...wait, why: "turn", linesAhead: 1200 }, "Next run: waiting, about 1,200 lines ahead."],
    [{ ...wait, why: "turn", linesAhead: 1 }, "Next run: waiting, about 1 line ahead."],
    [{ ...wait, why: "turn" }, "Next run: waiting for its turn."],
    [
      { ...wait, why: "turn", linesAhead: 1200, expectedAt: "2026-11-26T11:45:00.000Z" },
      "Next run: waiting, about 1,200 lines ahead, expected soon.",
    ],
    [
      { ...wait, why: "turn", linesAhead: 0, expectedAt: "2026-11-26T12:00:00.000Z" },
      "Next run: first in line, expected soon.",
    ],
    [{ ...wait, why: "gradient-down" }, "Gradient is failing at the moment."],
    [{ ...wait, why: "paused" }, "Sending is paused."],
    [{ ...wait, why: "something-new" }, "Next run: waiting (something-new)."],
  ])("%o is told as %s", (waiting, words) => {
    expect(waitingWords(waiting, { now })).toBe(words);
  });

  it("is of the mapping while a partner maps", () => {
    const doubted = { ...wait, why: "retry", retryAt: new Date(now + 30_000).toISOString() };

    expect(waitingWords(doubted, { now, isMapping: true })).toBe(
      "Your mapping: waiting for another try. It is tried again soon.",
    );
  });
});

describe("a press of Check now", () => {
  const at = (time: number): string => new Date(time).toISOString();
  const retryAt = "2026-11-26T12:15:00.000Z";
  const hold = { code: "gradient.forbidden", since: "2026-11-26T11:00:00.000Z", retryAt };

  it("is not told to have Gradient looked at while no call goes out", () => {
    const waiting = { hold: undefined, requestedAt: at(now), heldUntil: null, lastCheckedAt: at(now - 1) };
    const told = (press: Partial<Parameters<typeof pressedWords>[0]>) => pressedWords({ ...waiting, ...press }, now);

    expect(told({})).toContain("Gradient is being looked at");
    expect(told({ lastCheckedAt: null })).toContain("Gradient is being looked at");
    expect(told({ hold })).not.toContain("is being looked at");
    expect(told({ hold, heldUntil: retryAt })).toContain(`No call goes out until ${momentOf(retryAt)}`);
    expect(told({ hold: { ...hold, retryAt: "2026-11-26T11:59:00.000Z" } })).toContain("which is soon");
    // what is being found out is no problem of the page, and over a moment later
    expect(told({ heldUntil: "2026-11-26T12:00:40.000Z" })).toContain("Your check is kept.");
    expect(told({ heldUntil: "2026-11-26T11:59:59.000Z" })).toContain("Gradient is being looked at");
  });

  it("is over with the look that began after it", () => {
    const press = { hold: undefined, requestedAt: at(now), heldUntil: null };

    for (const lastCheckedAt of [at(now), at(now + 900)])
      expect(pressedWords({ ...press, lastCheckedAt }, now + 1_000)).toContain("was looked at since you asked");
    expect(pressedWords({ ...press, hold, lastCheckedAt: at(now + 900) }, now + 1_000)).not.toContain("is kept");
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
  const told = (exports: object, state = "active") =>
    nextRunWords({ state, exports: { nextRunAt, waiting: null, ...exports } } as unknown as Integration, now);

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
    expect(told({}, "suspended")).toBe("None while Gradient refuses the key");
  });
});

describe("a run that stands still", () => {
  const run = (facts: object) =>
    ({ id: "1", state: "sending", finishedAt: null, settled: 100, totals: { lines: 143 }, ...facts }) as unknown as Run;

  it("is told after longer than is usual, since when, and no more once it goes on or is over", () => {
    const first = standingOf(undefined, run({}), now);
    const later = standingOf(first, run({}), now + 70_000);

    expect(standstillWords(later, run({}), now + 59_000)).toBeNull();
    expect(standstillWords(later, run({}), now + 70_000)).toBe(
      `No progress since ${momentOf(new Date(now).toISOString())}`,
    );
    expect(standstillWords(later, run({ state: "planned" }), now + 70_000)).toBeNull();
    expect(standstillWords(later, run({ state: "finished" }), now + 70_000)).toBeNull();
    // whoever opens the page later is told of a run that has got nowhere from its start
    const createdAt = new Date(now - 60_000).toISOString();
    expect(standingOf(undefined, run({ settled: 0, createdAt }), now).at).toBe(now - 60_000);
    const on = standingOf(later, run({ settled: 143 }), now + 71_000);
    expect(standstillWords(on, run({ settled: 143 }), now + 80_000)).toBeNull();
  });

  it("is none that sends at its share of the rate beside nineteen others", () => {
    const startedAt = new Date(now).toISOString();
    const told: (string | null)[] = [];
    let standing: ReturnType<typeof standingOf> | undefined;
    for (let ms = 0; ms < 300_000; ms += 500) {
      const value = run({ startedAt, totals: { lines: 5_700 }, settled: 95 * Math.floor(ms / (1_000 * 20)) });
      standing = standingOf(standing, value, now + ms);
      told.push(standstillWords(standing, value, now + ms));
    }
    expect(told.filter((words) => words !== null)).toEqual([]);
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

describe("the last run", () => {
  it.each([
    [{ state: "finished", outcome: "succeeded" }, "The last run went through"],
    [
      { state: "finished", outcome: "succeeded", reason: "nothing-changed" },
      "Nothing had changed since the run before",
    ],
    [{ state: "cancelled", outcome: null }, "The last run was cancelled"],
    // its partner's key was refused a moment ago, and its worker has not closed it yet
    [{ state: "sending", outcome: null }, "The last run is coming to its end"],
    [{ state: "finished", outcome: "otherwise" }, "The last run ended: otherwise"],
  ])("%j is told as %s", (run, title) => {
    expect(outcomeWords({ reason: null, ...run } as Run).title).toBe(title);
  });
});

describe("a step of the wizard", () => {
  const integration = (facts: object) =>
    ({
      state: "active",
      step: 3,
      exports: { last: { outcome: "succeeded" } },
      mapping: { accounts: { total: 37, mapped: 37 }, services: { total: 4, mapped: 4 } },
      ...facts,
    }) as unknown as Integration;
  const gaps = (customers: number, services: number) => ({
    mapping: {
      accounts: { total: 37, mapped: 37 - customers },
      services: { total: 4, mapped: 4 - services },
    },
  });

  it("says of what nobody could look at yet that it is not known", () => {
    const mapping = { accounts: { total: 37, mapped: 35, unknown: 0 }, services: { total: 4, mapped: 1, unknown: 3 } };
    const told = (facts: object) => stepWords(2, integration({}), { ...mapping, ...facts }).text;

    expect(told({})).toBe("done, but 2 customers not mapped, and of 3 services it is not known yet");
    expect(told({ accounts: { total: 37, mapped: 37, unknown: 0 } })).toBe("of 3 services it is not known yet");
    expect(told({ accounts: { total: 37, mapped: 0, unknown: 37 } })).toBe(
      "of 37 customers and 3 services it is not known yet",
    );
  });

  it.each([
    [2, integration({}), { state: "done", text: "done" }],
    [2, integration(gaps(3, 0)), { state: "done", text: "done, but 3 customers not mapped" }],
    [2, integration(gaps(0, 1)), { state: "done", text: "done, but 1 service not mapped" }],
    [2, integration(gaps(1, 2)), { state: "done", text: "done, but 1 customer and 2 services not mapped" }],
    [2, integration({ step: 2 }), { state: "now", text: "to do now" }],
    [3, integration({ step: 2 }), { state: "later", text: "comes later" }],
    [3, integration({ exports: { last: null } }), { state: "now", text: "to do now" }],
    [3, integration({ exports: { last: { outcome: "failed" } } }), { state: "now", text: "sent: approve in Gradient" }],
    [3, integration({ state: "suspended" }), { state: "now", text: "needs a new key" }],
    // nobody has approved anything yet, as far as the hub knows
    [3, integration({}), { state: "now", text: "sent: approve in Gradient" }],
  ] as const)("%i says what it leaves open: %#", (step, now, words) => {
    expect(stepWords(step, now)).toEqual(words);
  });
});

describe("what a run has left over", () => {
  const told = (facts: object) =>
    leftOverWords({ totals: { unmapped: 0, rejected: 0, deferred: 0, superseded: 0, ...facts } } as unknown as Run);

  it.each([
    [
      { deferred: 107, unmapped: 4 },
      "111 lines of this run were not known to be in Gradient when it ended, 4 of them not mapped. The other 107 are sent as they are counted now.",
    ],
    [
      { deferred: 1, unmapped: 1 },
      "2 lines of this run were not known to be in Gradient when it ended, 1 of them not mapped. The other 1 is sent as it is counted now.",
    ],
    [
      { rejected: 2 },
      "2 lines of this run were not known to be in Gradient when it ended. Each is sent as it is counted now.",
    ],
    [{ unmapped: 1 }, "1 line of this run was not known to be in Gradient when it ended."],
  ])("%o promises only what can be sent", (facts, words) => {
    expect(told(facts)).toBe(words);
  });
});

describe("the progress of a run", () => {
  const run = (facts: object) =>
    ({ state: "sending", settled: 0, totals: { lines: 143, unchanged: 0 }, ...facts }) as unknown as Run;

  it.each([
    ["before it knows its lines", run({ state: "planned" }), undefined],
    ["from its first line on", run({ settled: 7 }), { done: 7, of: 143, text: "7 of 143 lines" }],
    [
      "where most has not changed",
      run({ settled: 124, totals: { lines: 143, unchanged: 124 } }),
      { done: 0, of: 19, text: "0 of 19 lines; 124 more have not changed" },
    ],
    [
      "where nothing has to be sent",
      run({ settled: 143, totals: { lines: 143, unchanged: 143 } }),
      { done: 1, of: 1, text: "143 lines, and none has changed" },
    ],
  ])("is told %s", (_when, now, told) => {
    expect(progressOf(now)).toEqual(told);
  });
});

it("picks a gap once and puts it back", () => {
  const one = toggled(new Set(), "cust-1");

  expect([...one]).toEqual(["cust-1"]);
  expect([...toggled(one, "cust-1")]).toEqual([]);
});

describe("a double click", () => {
  const [first, next] = [{ name: "first row" }, { name: "next row" }];
  const click = (at: number, pressed: object | null, x = 100) => ({ at, x, y: 50, pressed });

  it.each([
    ["presses nothing that has come in the place of the first", click(1000, first), click(1200, next), true],
    ["may press the same twice, which guards itself", click(1000, first), click(1200, first), false],
    ["is none after a while", click(1000, first), click(1600, next), false],
    ["is none at another place", click(1000, first), click(1200, next, 140), false],
    ["is none without a first click", undefined, click(1200, next), false],
  ])("%s", (_what, before, now, isStray) => {
    expect(isAstray(before, now)).toBe(isStray);
  });
});
