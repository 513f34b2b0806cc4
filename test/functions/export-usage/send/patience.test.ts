import { expect, it } from "vitest";
import { newPatience } from "#functions/export-usage/send/patience";
import type { CountAnswer } from "#shared/gradient/gradient-api";

const noAnswer: CountAnswer = { kind: "in-doubt", reason: "503" };
const throttled: CountAnswer = { kind: "throttled", retryAfterMs: null };

/** Whether it is over after these answers, so many milliseconds one after the other. */
const isOverAfter = (answers: CountAnswer[], apartMs: number): boolean => {
  let now = 1_000_000;
  const patience = newPatience({ now: () => now });
  for (const answer of answers) {
    patience.heard(answer);
    now += apartMs;
  }
  return patience.isOver();
};
const some = (count: number, answer: CountAnswer): CountAnswer[] => Array.from({ length: count }, () => answer);

it.each([
  { what: "twenty in vain, and 20 s", answers: some(21, throttled), apartMs: 1_000, isOver: true },
  { what: "either kind", answers: [...some(11, throttled), ...some(10, noAnswer)], apartMs: 1_000, isOver: true },
  { what: "many within a shorter time", answers: some(1_000, noAnswer), apartMs: 19, isOver: false },
  { what: "a few within a longer time", answers: some(19, noAnswer), apartMs: 60_000, isOver: false },
  {
    what: "one between that was taken",
    answers: [...some(19, noAnswer), { kind: "accepted" } as const, ...some(19, noAnswer)],
    apartMs: 2_000,
    isOver: false,
  },
  {
    what: "one between that was refused, and so answered",
    answers: [...some(19, noAnswer), { kind: "unmapped", message: "x" } as const, ...some(19, noAnswer)],
    apartMs: 2_000,
    isOver: false,
  },
  {
    what: "one taken afterwards",
    answers: [...some(21, noAnswer), { kind: "accepted" } as const],
    apartMs: 2_000,
    isOver: true,
  },
])("is over: $isOver, after $what", ({ answers, apartMs, isOver }) => {
  expect(isOverAfter(answers, apartMs)).toBe(isOver);
});
