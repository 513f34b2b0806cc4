import { describe, expect, it } from "vitest";
import { leftOverWords, progressOf, type Run, whyStopped } from "#local/hub-ui/page/screens/runs/run-words";
import { standingOf, standstillWords } from "#local/hub-ui/page/screens/runs/standstill";
import { waitingWords } from "#local/hub-ui/page/wizard/sending/export-words";
import { momentOf } from "#local/page-parts/words";

const now = Date.parse("2026-11-26T12:00:00.000Z");

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

describe("why a run was stopped", () => {
  const told = (facts: object) => whyStopped({ mode: "changes", stoppedBy: "stalled", ...facts } as unknown as Run);

  it("promises the rest where the service sends it by itself", () => {
    expect(told({})).toContain("What is left is sent by itself.");
    expect(told({ stoppedBy: "vendor-key" })).toContain("What is left is sent by itself.");
  });

  it.each([[{ mode: "dry-run" }], [{ stoppedBy: "cancelled" }], [{ stoppedBy: "of a later version" }]])(
    "%o promises no rest",
    (facts) => expect(told(facts)).not.toContain("sent by itself"),
  );
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
