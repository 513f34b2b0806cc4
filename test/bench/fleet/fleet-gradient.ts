import { AppError } from "#shared/errors";
import {
  type CountAnswer,
  type GradientAccount,
  gradientUnavailable,
  type UnitCount,
} from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { type GradientSide, pacedGradient } from "#test/fakes/paced-gradient";
import type { FleetClock } from "./fleet-clock.ts";
import { indexOf } from "./fleet-partners.ts";
import { customerOf, placeOf } from "./fleet-usage.ts";
import { answerMs, type Hops, type Random } from "./hops.ts";

export interface CountSeen {
  partner: number;
  /** The line's place among its partner's. */
  place: number;
  unitCount: number;
  /** When it came in, and when it was answered. */
  at: number;
  kind: CountAnswer["kind"];
}

interface Settings {
  clock: FleetClock;
  hops: Hops;
  random: Random;
  /** Gradient's own limit for the vendor, in any second. */
  limitPerSecond: number;
  /** What a count that is within the limit is answered; without a place, what the token is. */
  answerTo: (partner: number, place: number | null, at: number) => CountAnswer;
  /** What Gradient tells of an account of this partner whether it is mapped. */
  isMapped: (partner: number, customer: number) => boolean | undefined;
  onCount: (seen: CountSeen) => void;
  /** Told of every other call. */
  onCall: (call: { partner: number; at: number }) => void;
}

// a call without an answer is given up after so long
const timeoutMs = 8_000;

/** Gradient for a whole fleet: keeps no counts, tells of each, and refuses what comes faster than its limit. */
export const fleetGradient = (settings: Settings) => {
  const { clock, hops, random, limitPerSecond, answerTo, isMapped, onCount, onCall } = settings;
  /** When the last calls came in, the oldest at `oldest`. */
  const window = new Float64Array(limitPerSecond).fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;
  /** By partner. */
  const accounts = new Map<number, GradientAccount[]>();

  const isTooFast = (at: number): boolean => {
    if (at - (window[oldest] ?? 0) < 1000) return true;
    window[oldest] = at;
    oldest = (oldest + 1) % limitPerSecond;
    return false;
  };

  const partnerOf = (token: PartnerToken): number => indexOf(token.slice(token.indexOf("org-")));

  /** Any call that is no count: answers its partner, or is refused as a count would be. */
  const called = async (token: PartnerToken): Promise<number> => {
    const at = clock.now();
    const partner = partnerOf(token);
    const { kind } = isTooFast(at) ? { kind: "throttled" } : answerTo(partner, null, at);
    onCall({ partner, at });
    await clock.sleep(kind === "in-doubt" ? timeoutMs : answerMs(hops, random));
    if (kind === "in-doubt") throw gradientUnavailable("may-land");
    if (kind === "throttled") throw new AppError("unavailable", "gradient.throttled", "Gradient asks for fewer calls.");
    if (kind === "token-rejected") {
      throw new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");
    }
    return partner;
  };

  const setUnitCount = async (token: PartnerToken, count: UnitCount): Promise<CountAnswer> => {
    const at = clock.now();
    const partner = partnerOf(token);
    const place = placeOf(customerOf(count.accountId), count.serviceId.slice("gradient-".length));
    const answer: CountAnswer = isTooFast(at)
      ? { kind: "throttled", retryAfterMs: null }
      : answerTo(partner, place, at);
    await clock.sleep(answer.kind === "in-doubt" ? timeoutMs : answerMs(hops, random));
    onCount({ partner, place, unitCount: count.unitCount, at, kind: answer.kind });
    return answer;
  };

  const side: GradientSide = {
    setUnitCount,
    readConnection: async (token) => {
      await called(token);
      return {
        organizationId: "organization",
        organizationName: "Example MSP",
        integrationId: "connection-1",
        status: "active",
        lastSyncedAt: null,
      };
    },
    setStatus: async (token) => void (await called(token)),
    readServices: async (token) => {
      await called(token);
      return [];
    },
    createService: async (token) => void (await called(token)),
    readAccounts: async (token) => accounts.get(await called(token)) ?? [],
    createAccounts: async (token, created) => {
      const partner = await called(token);
      const all = created.map(({ id, name }): GradientAccount => {
        const told = isMapped(partner, customerOf(id));
        return { id, name, ...(told === undefined ? {} : { isMapped: told }) };
      });
      accounts.set(partner, [...(accounts.get(partner) ?? []), ...all]);
    },
    changeAccounts: async (token) => void (await called(token)),
  };
  return pacedGradient(side, () => clock.date());
};

export type FleetGradient = ReturnType<typeof fleetGradient>;
