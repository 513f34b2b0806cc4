import { AppError } from "#shared/errors";
import {
  type Caller,
  type CountAnswer,
  type GradientApi,
  type GradientConnection,
  gradientUnavailable,
  type UnitCount,
} from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { pacedCalls } from "#test/fakes/paced-gradient";
import type { FleetClock } from "./fleet-clock.ts";
import { indexOf } from "./fleet-partners.ts";
import { customerOf, placeOf } from "./fleet-usage.ts";
import { type Hops, type Random, spread } from "./hops.ts";

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
  onCount: (seen: CountSeen) => void;
  /** Told of every other call. */
  onCall: () => void;
}

// a call without an answer is given up after so long
const timeoutMs = 8_000;

/** Gradient for a whole fleet: keeps no counts, tells of each, and refuses what comes faster than its limit. */
export const fleetGradient = ({ clock, hops, random, limitPerSecond, answerTo, onCount, onCall }: Settings) => {
  /** When the last calls came in, the oldest at `oldest`. */
  const window = new Float64Array(limitPerSecond).fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;

  const isTooFast = (at: number): boolean => {
    if (at - (window[oldest] ?? 0) < 1000) return true;
    window[oldest] = at;
    oldest = (oldest + 1) % limitPerSecond;
    return false;
  };

  const partnerOf = (token: PartnerToken): number => indexOf(token.slice(token.indexOf("org-")));

  const readConnection = async (token: PartnerToken): Promise<GradientConnection> => {
    const at = clock.now();
    const { kind } = isTooFast(at) ? { kind: "throttled" } : answerTo(partnerOf(token), null, at);
    onCall();
    await clock.sleep(kind === "in-doubt" ? timeoutMs : spread(hops.gradient, random));
    if (kind === "in-doubt") throw gradientUnavailable("unanswered");
    if (kind === "throttled") throw new AppError("unavailable", "gradient.throttled", "Gradient asks for fewer calls.");
    if (kind === "token-rejected") {
      throw new AppError("forbidden", "gradient.token-rejected", "Gradient rejected the partner token.");
    }
    return {
      organizationId: "organization",
      organizationName: "Example MSP",
      integrationId: "connection-1",
      status: "active",
      lastSyncedAt: null,
    };
  };

  const setUnitCount = async (token: PartnerToken, count: UnitCount): Promise<CountAnswer> => {
    const at = clock.now();
    const partner = partnerOf(token);
    const place = placeOf(customerOf(count.accountId), count.serviceId.slice("gradient-".length));
    const answer: CountAnswer = isTooFast(at)
      ? { kind: "throttled", retryAfterMs: null }
      : answerTo(partner, place, at);
    await clock.sleep(answer.kind === "in-doubt" ? timeoutMs : spread(hops.gradient, random));
    onCount({ partner, place, unitCount: count.unitCount, at, kind: answer.kind });
    return answer;
  };

  return {
    as: (caller: Caller): Pick<GradientApi, "setUnitCount" | "readConnection"> => {
      const { other, count } = pacedCalls(caller, () => new Date(clock.now()));
      return {
        setUnitCount: (token, unitCount) => count(() => setUnitCount(token, unitCount)),
        readConnection: (token) => other(() => readConnection(token)),
      };
    },
  };
};

export type FleetGradient = ReturnType<typeof fleetGradient>;
