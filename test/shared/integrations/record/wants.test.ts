import { describe, expect, it } from "vitest";
import {
  cover,
  eligibleAt,
  exportTriggers,
  isWanted,
  noWants,
  retryPauseMs,
  type WantKind,
  type Wants,
  wants,
  wish,
  withoutRun,
  withStarted,
} from "#shared/integrations/record/wants";
import { seededRandom } from "#test/builders/seeded-random";
import { minutesAfter, noon } from "#test/builders/time";

const wished = (before: Wants = noWants, at = noon, more: Partial<Parameters<typeof wish>[2]> = {}) =>
  wish(before, "all", { at, trigger: "mapping", ...more });

describe("a wish", () => {
  it("takes the next number, whatever it is for", () => {
    const all = wished();
    const retry = wish(all, "retry", { at: noon, trigger: "recovery" });

    expect(all).toMatchObject({ seq: 1, all: { wanted: 1, covered: 0 }, retry: noWants.retry });
    expect(retry).toMatchObject({ seq: 2, all: { wanted: 1 }, retry: { wanted: 2 } });
  });

  it("may be met at once unless it says otherwise", () => {
    expect(eligibleAt(wished().all)).toBe(noon);
    expect(eligibleAt(wished(noWants, noon, { notBefore: minutesAfter(5) }).all)).toBe(minutesAfter(5));
  });

  it("ends the wait of one that was not met: the newest has its own", () => {
    const waiting = wished(noWants, noon, { notBefore: minutesAfter(60) });

    expect(eligibleAt(wished(waiting, minutesAfter(1)).all)).toBe(minutesAfter(1));
  });

  it.each([
    ["keeps the age of one that was not met", minutesAfter(3), noon],
    ["takes a greater age", minutesAfter(-3), minutesAfter(-3)],
  ])("%s", (_, at, since) => {
    expect(wished(wished(), at).all).toMatchObject({ since });
  });

  it("is as old as itself where nothing was wanted", () => {
    const met = cover(wished(), "all", 1);

    expect(wished(met, minutesAfter(3)).all).toMatchObject({ since: minutesAfter(3), wanted: 2, covered: 1 });
  });

  it("shows the first of several causes, and its own where nothing was wanted", () => {
    const causes = exportTriggers;
    expect(causes).toEqual(["schedule", "manual", "mapping", "recovery", "repeat"]);
    for (const [place, trigger] of causes.entries()) {
      const open = wished(noWants, noon, { trigger });
      for (const [other, next] of causes.entries()) {
        expect(wished(open, noon, { trigger: next }).all.trigger).toBe(causes[Math.min(place, other)]);
        expect(wished(cover(open, "all", 1), noon, { trigger: next }).all.trigger).toBe(next);
      }
    }
  });

  it("keeps how often it was tried, until it is met", () => {
    const tried = wished(noWants, noon, { attempt: 3 });

    expect(wished(tried).all.attempt).toBe(3);
    expect(cover(tried, "all", 1).all.attempt).toBe(0);
  });
});

describe("meeting a wish", () => {
  it("leaves nothing to be started", () => {
    const { all } = cover(wished(), "all", 1);

    expect(isWanted(all)).toBe(false);
    expect(all).toMatchObject({ since: null, notBefore: null });
    expect(eligibleAt(all)).toBeUndefined();
  });

  it("meets no wish that was made after the run had read", () => {
    const later = wished(wished(), minutesAfter(1), { notBefore: minutesAfter(2) });

    expect(cover(later, "all", 1).all).toMatchObject({ wanted: 2, covered: 1, since: noon });
    expect(eligibleAt(cover(later, "all", 1).all)).toBe(minutesAfter(2));
  });

  it("meets a wish that a wish for something else has passed by", () => {
    const both = wish(wished(), "retry", { at: noon, trigger: "recovery" });

    expect(isWanted(cover(both, "all", 2).all)).toBe(false);
    expect(isWanted(cover(both, "retry", 1).retry)).toBe(true);
  });

  it("is not undone by a run that had read before", () => {
    expect(cover(cover(wished(wished()), "all", 2), "all", 1).all).toMatchObject({ covered: 2 });
  });
});

describe("a wish while a run is under way", () => {
  const begun = withStarted(wished(noWants, noon, { trigger: "schedule" }), "all", 1);
  const joined = wished(begun, minutesAfter(3));

  it("has its own age and cause where that run is dropped", () => {
    expect(cover(joined, "all", 1).all).toMatchObject({ wanted: 2, since: minutesAfter(3), trigger: "mapping" });
    expect(cover(joined, "all", 1).all.started).toBeUndefined();
    const third = wished(joined, minutesAfter(5), { trigger: "schedule" });
    expect(cover(third, "all", 1).all).toMatchObject({ since: minutesAfter(3), trigger: "schedule" });
  });

  it("is one with those before where that run has met nothing, and waits no longer for it", () => {
    const { all } = withoutRun(joined);

    expect(all).toMatchObject({ wanted: 2, covered: 0, since: noon, trigger: "schedule" });
    expect(all.started).toBeUndefined();
    expect(cover(withStarted(withoutRun(joined), "all", 2), "all", 2).all).toMatchObject({ since: null });
  });

  it("is not kept apart where nothing was wanted any more", () => {
    const { all } = wished(cover(begun, "all", 1), minutesAfter(3));

    expect(all).toMatchObject({ since: minutesAfter(3), trigger: "mapping" });
    expect(all.started).toBeUndefined();
  });
});

it("only ever counts up, whatever is wished and met in whatever order", () => {
  const random = seededRandom(7);
  const kinds: WantKind[] = ["all", "retry", "repeat"];
  let held = noWants;
  const seen = new Set<number>();
  for (let step = 0; step < 2_000; step += 1) {
    const kind = kinds[Math.floor(random() * 3)] ?? "all";
    const isWish = random() < 0.5;
    const before = held;
    held = isWish
      ? wish(held, kind, { at: minutesAfter(step), trigger: "recovery" })
      : cover(held, kind, Math.floor(random() * (held.seq + 1)));
    for (const each of kinds) {
      expect(held[each].wanted).toBeGreaterThanOrEqual(before[each].wanted);
      expect(held[each].covered).toBeGreaterThanOrEqual(before[each].covered);
      expect(held[each].covered).toBeLessThanOrEqual(held.seq);
      expect(isWanted(held[each])).toBe(held[each].since !== null);
    }
    if (isWish) {
      expect(isWanted(held[kind])).toBe(true);
      expect(seen.has(held[kind].wanted)).toBe(false);
      seen.add(held[kind].wanted);
    }
  }
});

describe("what was left over waits", () => {
  it.each([
    [0, 1, 1],
    [1, 5, 5],
    [2, 15, 15],
    [3, 60, 25],
    [4, 60, 25],
    [40, 60, 25],
  ])("after %i tries for %i minutes, for %i at most while Gradient does not answer", (attempt, usual, unanswered) => {
    expect(retryPauseMs(attempt, false, 0.5)).toBe(usual * 60_000);
    expect(retryPauseMs(attempt, true, 0.5)).toBe(unanswered * 60_000);
  });

  it("a tenth apart from one partner to the next", () => {
    expect([0, 1].map((random) => retryPauseMs(1, false, random))).toEqual([285_000, 315_000]);
    expect(retryPauseMs(9, true, 1)).toBeLessThan(30 * 60_000);
  });
});

it("is read from a row that knows nothing of it", () => {
  expect(wants.parse({})).toEqual(noWants);
  expect(wants.parse({ all: { trigger: "a cause of tomorrow" } }).all.trigger).toBe("a cause of tomorrow");
});
