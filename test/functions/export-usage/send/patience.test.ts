import { describe, expect, it } from "vitest";
import { newCompany } from "#functions/export-usage/send/own-quota";
import { newPatience } from "#functions/export-usage/send/patience";
import type { CountAnswer } from "#shared/gradient/gradient-api";

const noAnswer: CountAnswer = { kind: "in-doubt", reason: "503" };
const throttled: CountAnswer = { kind: "throttled", retryAfterMs: null };
const accepted: CountAnswer = { kind: "accepted" };
const some = (count: number, answer: CountAnswer): CountAnswer[] => Array.from({ length: count }, () => answer);

const inTurn = (times: number, its: CountAnswer[]): CountAnswer[] => Array.from({ length: times }, () => its).flat();

/** After these answers, so many milliseconds one after the other, to calls that went out `lastedMs` before. */
const heardOf = (answers: CountAnswer[], apartMs: number, lastedMs = 0) => {
  let now = 1_000_000;
  const patience = newPatience({ now: () => now });
  for (const answer of answers) {
    now += apartMs;
    patience.heard(answer, now - lastedMs);
  }
  return { once: patience.triesOnce(), isOver: patience.isOver() };
};

describe("the patience of a run of which nothing is taken", () => {
  it.each([
    { what: "twenty calls that failed within 20 s and more", answers: some(21, noAnswer), apartMs: 1_000, once: true },
    { what: "many within a shorter time", answers: some(1_000, noAnswer), apartMs: 19, once: false },
    { what: "many that were too many at once", answers: some(21, throttled), apartMs: 1, once: false },
    { what: "a few within a longer time", answers: some(19, noAnswer), apartMs: 60_000, once: false },
    {
      what: "one between that was taken",
      answers: [...some(19, noAnswer), { kind: "accepted" } as const, ...some(19, noAnswer)],
      apartMs: 2_000,
      once: false,
    },
    {
      what: "one between that was refused, and so answered",
      answers: [...some(19, noAnswer), { kind: "unmapped", message: "x" } as const, ...some(19, noAnswer)],
      apartMs: 2_000,
      once: false,
    },
  ])("has each line tried once: $once, after $what", ({ answers, apartMs, once }) => {
    expect(heardOf(answers, apartMs)).toEqual({ once, isOver: false });
  });

  it.each([
    {
      what: "the fourth pause, a minute and more after the first",
      answers: some(4, throttled),
      apartMs: 21_000,
      isOver: true,
    },
    { what: "pauses within a shorter time", answers: some(9, throttled), apartMs: 7_000, isOver: false },
    { what: "three pauses", answers: some(3, throttled), apartMs: 30_000, isOver: false },
    {
      what: "one between that was taken",
      answers: [...some(3, throttled), accepted, ...some(3, throttled)],
      apartMs: 30_000,
      isOver: true,
    },
    {
      what: "twenty between that were taken",
      answers: [...some(3, throttled), ...some(20, accepted), ...some(3, throttled)],
      apartMs: 30_000,
      isOver: false,
    },
    {
      what: "two a minute that were taken",
      answers: inTurn(8, [throttled, accepted]),
      apartMs: 15_000,
      isOver: true,
    },
    {
      what: "six a minute that were taken",
      answers: inTurn(8, [throttled, ...some(2, accepted)]),
      apartMs: 6_600,
      isOver: false,
    },
    {
      what: "one between that failed: that is no patience given back",
      answers: [...some(3, throttled), noAnswer, throttled],
      apartMs: 30_000,
      isOver: true,
    },
    {
      what: "twenty taken afterwards",
      answers: [...some(4, throttled), ...some(20, accepted)],
      apartMs: 30_000,
      isOver: true,
    },
  ])("is over: $isOver, after $what", ({ answers, apartMs, isOver }) => {
    expect(heardOf(answers, apartMs)).toMatchObject({ isOver });
  });

  it("counts one pause for calls that were under way together", () => {
    let now = 1_000_000;
    const patience = newPatience({ now: () => now });
    // three times, a minute and more from the first to the last
    for (const pauseMs of [31_000, 31_000, 31_000]) {
      for (const answer of some(10, throttled)) patience.heard(answer, now - 500);
      now += pauseMs;
    }

    expect(patience.isOver()).toBe(false);
  });
});

/** What Gradient takes of a run in a minute, before it wants fewer calls; `isFree`: it never does. */
interface Minute {
  taken: number;
  isFree?: boolean;
}

/** After how many of these minutes the first run is over, beside the others of its worker; null: never. */
const minutesOf = (minutes: Minute[][]): number | null => {
  let now = 1_000_000;
  const company = newCompany();
  const patiences = (minutes[0] ?? []).map(() => newPatience({ now: () => now }, company));
  for (const [index, its] of minutes.entries()) {
    for (const [place, { taken, isFree = false }] of its.entries()) {
      for (const answer of [...some(taken, accepted), ...(isFree ? [] : [throttled])])
        patiences[place]?.heard(answer, now);
    }
    if (patiences[0]?.isOver()) return index;
    now += 60_000;
  }
  return null;
};

describe("the patience of a run of which a few are taken each minute", () => {
  const few: Minute = { taken: 10 };
  const many = Array.from({ length: 12 }, () => 0);

  it.each<{ what: string; its: Minute[]; over: number | null }>([
    { what: "others are taken as they come", its: [few, { taken: 50, isFree: true }], over: 5 },
    { what: "another one has a few, too", its: [few, few, { taken: 50, isFree: true }], over: 5 },
    { what: "it has twenty and more", its: [{ taken: 20 }, { taken: 50, isFree: true }], over: null },
    { what: "it is alone", its: [few], over: null },
    { what: "others have no more", its: [few, { taken: 5, isFree: true }], over: null },
    { what: "all others have a few, too", its: [few, { taken: 50 }, few], over: null },
    {
      what: "most of what is taken is of such others",
      its: [few, { taken: 100 }, { taken: 40, isFree: true }],
      over: null,
    },
  ])("ends after minute $over where $what", ({ its, over }) => {
    expect(minutesOf(many.map(() => its))).toBe(over);
  });

  it("begins anew after some minutes without a pause", () => {
    const others: Minute = { taken: 50, isFree: true };
    const paused = [few, others];
    const free = [{ taken: 1, isFree: true }, others];

    expect(minutesOf([...many.slice(0, 4).map(() => paused), free, free, ...many.slice(0, 5).map(() => paused)])).toBe(
      null,
    );
  });
});
