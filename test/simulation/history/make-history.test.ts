import { describe, expect, it } from "vitest";
import type { BadDay, Deed, History } from "./history.ts";
import { hourMs, makeHistory } from "./make-history.ts";

const deeds: Record<Deed["does"], true> = {
  send: true,
  cancel: true,
  measure: true,
  remove: true,
  add: true,
  exclude: true,
  rename: true,
  map: true,
  "map-service": true,
  schedule: true,
  "new-key": true,
  "paste-again": true,
  "leave-out": true,
  "hide-account": true,
  "refuse-changes": true,
  move: true,
  check: true,
  webhook: true,
  "delete-accounts": true,
  disconnect: true,
  "new-service": true,
  "stand-still": true,
};
const badDays: Record<BadDay["kind"], true> = {
  "false-alarm": true,
  forbidden: true,
  down: true,
  silent: true,
  throttled: true,
  "vendor-key": true,
  "no-mail": true,
  part: true,
  denied: true,
  unreadable: true,
};
const isShort = ({ lengthMs }: History) => lengthMs < hourMs / 2;
const isOverADay = ({ lengthMs }: History) => lengthMs > 24 * hourMs;
const happensIn = (its: History[]) => new Set(its.flatMap(({ happenings }) => happenings.map(({ deed }) => deed.does)));
const troubles = (its: History[]) => new Set(its.flatMap((history) => history.badDays.map(({ kind }) => kind)));

describe.each(["partner", "fleet"] as const)("histories of a %s", (kind) => {
  const histories = Array.from({ length: 4_000 }, (_, seed) => makeHistory(seed, kind));

  it("depend on their seed alone", () => {
    expect(makeHistory(7, kind)).toEqual(histories[7]);
    expect(new Set(histories.map((history) => JSON.stringify({ ...history, seed: 0 }))).size).toBe(histories.length);
  });

  it.each([
    ["short", isShort],
    ["long", (its: History) => !isShort(its)],
  ])("have every deed and every trouble among the %s ones", (_, which) => {
    const those = histories.filter(which);
    expect([...happensIn(those)].sort()).toEqual(Object.keys(deeds).sort());
    expect([...troubles(those)].sort()).toEqual(Object.keys(badDays).sort());
  });

  it("are short for the most part, and some last over the end of a month", () => {
    expect(histories.filter(isShort).length).toBeGreaterThan(histories.length / 2);
    const month = (at: number) => new Date(at).getUTCMonth();
    const overTheEnd = histories.filter(
      (its) => isOverADay(its) && month(its.startsAt) !== month(its.startsAt + its.lengthMs),
    );
    expect(overTheEnd.length).toBeGreaterThan(10);
  });
});
