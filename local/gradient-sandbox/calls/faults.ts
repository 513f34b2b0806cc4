import { randomInt } from "node:crypto";
import * as z from "zod";

interface FaultRates {
  rate401?: number | undefined;
  rate403?: number | undefined;
  rate429?: number | undefined;
  rate500?: number | undefined;
  rateReset?: number | undefined;
  rateAnswerLost?: number | undefined;
  landLate?: { rate: number } | undefined;
}

/** What befalls one request; never two of these at once. */
export type FateKind = "none" | "401" | "403" | "429" | "500" | "reset" | "answer-lost" | "land-late";
const ratesOf = (settings: FaultRates): [FateKind, number][] => [
  ["401", settings.rate401 ?? 0],
  ["403", settings.rate403 ?? 0],
  ["429", settings.rate429 ?? 0],
  ["500", settings.rate500 ?? 0],
  ["reset", settings.rateReset ?? 0],
  ["answer-lost", settings.rateAnswerLost ?? 0],
  ["land-late", settings.landLate?.rate ?? 0],
];

const rate = z.number().min(0).max(1);
const milliseconds = z.number().min(0).max(600_000);

export const faultSettings = z
  .strictObject({
    delayMs: milliseconds.optional(),
    jitterMs: milliseconds.optional(),
    rate401: rate.optional(),
    rate403: rate.optional(),
    rate429: rate.optional(),
    rate500: rate.optional(),
    rateReset: rate.optional(),
    rateAnswerLost: rate.optional(),
    landLate: z.strictObject({ rate, ms: milliseconds }).optional(),
    retryAfterSeconds: z.number().int().min(0).optional(),
    seed: z.number().int().optional(),
    only: z.enum(["counts", "all"]).optional(),
    first: z.number().int().min(0).optional(),
  })
  .refine((settings) => ratesOf(settings).reduce((sum, [, share]) => sum + share, 0) <= 1.000001, {
    message: "the rates exclude each other, so they may not sum to more than 1",
  });
export type FaultSettings = z.infer<typeof faultSettings>;

/** What befalls one request. */
export interface Fate {
  kind: FateKind;
  delayMs: number;
  landsAfterMs: number;
  retryAfterSeconds: number | undefined;
}

/** Mulberry32: 32 bits of state, the same numbers for the same seed on every machine. */
const randomNumbers = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const unharmed: Fate = { kind: "none", delayMs: 0, landsAfterMs: 0, retryAfterSeconds: undefined };

/** Faults on demand; in memory only, so that a restart is always a way back to a sound Gradient. */
export const faultInjector = () => {
  let settings: FaultSettings = {};
  let random = randomNumbers(0);
  let matched = 0;

  const draw = (): FateKind => {
    let rest = random();
    for (const [kind, share] of ratesOf(settings)) {
      if (rest < share) return kind;
      rest -= share;
    }
    return "none";
  };

  return {
    current: () => ({ ...settings, matched }),
    set: (next: FaultSettings) => {
      settings = { ...next, seed: next.seed ?? randomInt(2 ** 31) };
      random = randomNumbers(settings.seed ?? 0);
      matched = 0;
    },
    clear: () => {
      settings = {};
      matched = 0;
    },
    /**
     * To be called once per request in the order of arrival: with a seed, the nth matching request has the nth fate.
     */
    next: (isCount: boolean): Fate => {
      if (Object.keys(settings).length === 0) return unharmed;
      if (settings.only === "counts" && !isCount) return unharmed;
      if (settings.first !== undefined && matched >= settings.first) return unharmed;
      matched++;
      // two draws for every request, so that a setting of one does not shift the other
      const delayMs = (settings.delayMs ?? 0) + random() * (settings.jitterMs ?? 0);
      return {
        kind: draw(),
        delayMs,
        landsAfterMs: settings.landLate?.ms ?? 0,
        retryAfterSeconds: settings.retryAfterSeconds,
      };
    },
  };
};
export type FaultInjector = ReturnType<typeof faultInjector>;
