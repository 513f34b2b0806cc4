import { callsPerSecond } from "#test/fakes/rate";
import { costGoals } from "../cost-goals.ts";
import { print } from "../report.ts";
import { costGoal, playCost } from "./cost.ts";
import type { Zone } from "./fleet-partners.ts";
import type { Goal } from "./goals.ts";
import { type Hops, slowAnswers, usualHops } from "./hops.ts";
import { playMapping } from "./mapping.ts";
import { playMonth } from "./month.ts";
import { nightGoals, outageGoal, playNight } from "./night.ts";
import { playOnDemand } from "./on-demand.ts";

export interface Extent {
  isQuick: boolean;
  trace: boolean;
}

const at = (text: string): number => Date.parse(text);
const hourMs = 3_600_000;
const fleet = 50_000;
/**
 * Hours stay what they are when partners and rate are scaled alike; what a run takes beside its lines weighs less then.
 */
const scaled = (share: number) => ({ count: fleet * share, perSecond: callsPerSecond * share });
const inNewYorkAndChicago = (zone: Zone): boolean => zone === "America/New_York" || zone === "America/Chicago";

// the last day of a month, when everybody is due, and a day on which those are who chose every night: two of five
const monthEnd = at("2026-11-29T14:50:00.000Z");
const dailyShare = 0.4;

const onDemand = (isQuick: boolean, hops: Hops): Promise<Goal[]> =>
  playOnDemand({ count: isQuick ? 5_000 : fleet, zone: "America/New_York", hops });

type Part = (extent: Extent) => Promise<Goal[]>;

/** Played where they are asked for: they print what was seen, and what is to be reached is said of the usual hops. */
export const asides: Record<string, Part> = {
  "demand-slow": async ({ isQuick }) => {
    print("Answers of Gradient as `slowAnswers` has them: half over 250 ms, one in a hundred over 750 ms");
    await onDemand(isQuick, slowAnswers);
    return [];
  },
};

/** What is played, each in a process of its own. */
export const parts: Record<string, Part> = {
  night: async ({ isQuick, trace }) =>
    nightGoals(await playNight({ ...scaled(isQuick ? 0.1 : 1), begins: monthEnd, trace })),
  // the largest zone, and at the full rate: a run's overhead weighs here what it weighs in the whole fleet
  demand: ({ isQuick }) => onDemand(isQuick, usualHops),
  cost: async ({ isQuick }) => {
    const [small, large] = costGoals;
    const partners = isQuick ? 100 : 1_000;
    const ofLarge = isQuick ? large.lines / 5 : large.lines;
    return [
      costGoal(small.lines, small.dollars, await playCost({ partners, lines: small.lines })),
      costGoal(large.lines, large.dollars, await playCost({ partners: 1, lines: ofLarge })),
    ];
  },
  // a hundredth, as its nights are far from busy
  month: ({ isQuick }) => playMonth({ fleet, share: isQuick ? 1 / 500 : 1 / 100, days: isQuick ? 12 : 30 }),
  mapping: ({ isQuick }) => playMapping({ partners: fleet / 10, share: isQuick ? 1 / 100 : 1 / 10, days: 30 }),
  outage: async ({ trace }) => {
    const [count, perSecond] = [fleet / 10, callsPerSecond / 10];
    const isIn = inNewYorkAndChicago;
    const ordinary = at("2026-11-10T06:50:00.000Z");
    const usual = { from: ordinary + hourMs / 4, to: ordinary + 1.25 * hourMs };
    const last = { from: at("2026-11-30T07:05:00.000Z"), to: at("2026-11-30T08:05:00.000Z") };
    const begins = at("2026-11-30T06:50:00.000Z");
    return [
      outageGoal(
        "on an ordinary night",
        0.5 * hourMs,
        await playNight({ count: count * dailyShare, perSecond, isIn, begins: ordinary, outage: usual, trace }),
        usual.to,
      ),
      outageGoal(
        "on the month-end night",
        0.9 * hourMs,
        await playNight({ count, perSecond, isIn, begins, outage: last, trace }),
        last.to,
      ),
    ];
  },
};
