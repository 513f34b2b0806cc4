import type { Random } from "../world/random.ts";
import { type RowFamily, rowFamilies } from "../world/unreadable-rows.ts";
import type { BadDay } from "./history.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface Scope {
  partners: number;
  lengthMs: number;
  /** Of each kind the shortest. */
  isShort: boolean;
}

// how long each kind lasts, and how often a history has one
const kinds: Record<BadDay["kind"], { rate: number; lasts: readonly [number, ...number[]]; isOfAll: number }> = {
  "false-alarm": { rate: 0.08, lasts: [10 * minuteMs], isOfAll: 0 },
  forbidden: { rate: 0.06, lasts: [minuteMs, 20 * minuteMs, 2 * hourMs], isOfAll: 0.4 },
  down: { rate: 0.06, lasts: [20_000, 3 * minuteMs, hourMs], isOfAll: 0.8 },
  silent: { rate: 0.04, lasts: [20_000, 3 * minuteMs, hourMs], isOfAll: 0.8 },
  throttled: { rate: 0.05, lasts: [5_000, minuteMs, 10 * minuteMs], isOfAll: 1 },
  "vendor-key": { rate: 0.05, lasts: [minuteMs, 20 * minuteMs, 2 * hourMs], isOfAll: 1 },
  "no-mail": { rate: 0.03, lasts: [3 * minuteMs, hourMs], isOfAll: 1 },
  part: { rate: 0.05, lasts: [minuteMs, 20 * minuteMs, 2 * hourMs], isOfAll: 0.5 },
  denied: { rate: 0.05, lasts: [8 * minuteMs, 40 * minuteMs, 2 * hourMs], isOfAll: 0.4 },
  unreadable: { rate: 0.03, lasts: [40_000, 5 * minuteMs, hourMs], isOfAll: 1 },
};

const somePart = (random: Random): Pick<BadDay, "part" | "status" | "isLasting"> => ({
  part: random.chance(0.5) ? { service: random.below(2) } : { customer: random.below(3) },
  status: random.pick([401, 403, 403, 429, 503]),
  isLasting: random.chance(0.15),
});

const families = Object.keys(rowFamilies) as [RowFamily, ...RowFamily[]];
const someRows = (random: Random): NonNullable<BadDay["rows"]> => ({
  of: random.pick(families),
  share: random.pick([0.2, 0.5, 1]),
  salt: random.below(1_000_000),
});

/** Trouble from outside, and from our own rows; about every third history has some. */
export const someBadDays = (random: Random, { partners, lengthMs, isShort }: Scope): BadDay[] => {
  const entries = Object.entries(kinds) as [BadDay["kind"], (typeof kinds)[BadDay["kind"]]][];
  return entries.flatMap(([kind, { rate, lasts, isOfAll }]) => {
    if (!random.chance(rate)) return [];
    const from = random.pick([0, 5_000, 30_000, random.below(lengthMs)]);
    const partner = random.chance(isOfAll) ? null : random.below(partners);
    const until = from + Math.round((isShort ? lasts[0] : random.pick(lasts)) * random.between(0.5, 1.5));
    return [
      {
        kind,
        from,
        until,
        partner,
        ...(kind === "false-alarm" ? { calls: 1 + random.below(3) } : {}),
        ...(kind === "part" ? somePart(random) : {}),
        ...(kind === "unreadable" ? { rows: someRows(random) } : {}),
        ...(kind === "denied" ? { denies: random.pick(["accounts", "connection"] as const) } : {}),
      },
    ];
  });
};
