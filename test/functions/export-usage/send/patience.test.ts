import { describe, expect, it } from "vitest";
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
    expect(heardOf(some(30, throttled), 1_000, 40_000)).toMatchObject({ isOver: false });
  });
});
