import { AppError } from "../errors.ts";
import type { Pacer } from "../pace/pacer.ts";
import type { PartnerToken } from "./gradient-token.ts";

/** One partner's connection to us in Gradient, as `GET /organization` tells it. */
export interface GradientConnection {
  organizationId: string;
  organizationName: string;
  integrationId: string;
  /** `inactive`, `pending`, `active`, or a word that Gradient adds later. */
  status: string;
  /** RFC 3339; null for never (Gradient says so with a date in 1900). */
  lastSyncedAt: string | null;
}

/**
 * How many accounts a call creates or changes. Gradient takes "a whole customer list" without naming a limit; 500
 * accounts are about 100 kB, the size of body that servers take by default.
 */
export const accountsPerCall = 500;

/** A service as the vendor's catalogue in Gradient holds it; `id` is Gradient's own. Empty is what cannot be read. */
export interface GradientService {
  id: string;
  name: string;
}

export interface NewGradientService {
  name: string;
  description: string;
  category: string;
  subcategory: string;
}

/** A customer as Gradient sees it, under the hub's id. `isMapped` is absent where Gradient does not tell. */
export interface GradientAccount {
  id: string;
  name: string;
  isMapped?: boolean;
}

export interface AccountChange {
  id: string;
  name?: string;
  isActive?: boolean;
}

export interface UnitCount {
  /** Gradient's id of the service. */
  serviceId: string;
  accountId: string;
  unitCount: number;
  /** False adds `no_build=true`: Gradient does not rebuild its views for this call. */
  rebuildsViews: boolean;
}

/**
 * What became of one count. Only `accepted` proves that Gradient holds it; `in-doubt` may have landed or
 * may still land (5xx, time-out, reset).
 */
export type CountAnswer =
  | { kind: "accepted" }
  | { kind: "unmapped"; message: string }
  | { kind: "rejected"; message: string }
  | { kind: "token-rejected" }
  | { kind: "forbidden" }
  | { kind: "throttled"; retryAfterMs: number | null }
  | { kind: "in-doubt"; reason: string };

/**
 * What became of a count, and when it went out; `not-sent`: it did not, so Gradient has refused nothing and nothing is
 * in doubt.
 */
export type SentCount = (CountAnswer & { sentAt: number }) | { kind: "not-sent" };

const mayLand = ["may-land", "too-slow"] as const;

/**
 * Gradient cannot be made use of. `may-land`: the call has taken effect for all that anybody knows, or still may;
 * `too-slow`: the same, for its answer was not awaited for longer; `over`: whatever it has done, it does nothing any
 * more.
 */
export const gradientUnavailable = (how: "over" | (typeof mayLand)[number]): AppError =>
  new AppError("unavailable", "gradient.unavailable", "Gradient is temporarily unavailable.", { cause: how });

/**
 * Its turn did not come in time, or its caller had no more use for it by then. Says nothing about Gradient, nor about
 * the token.
 */
export const gradientNotAsked = (): AppError =>
  new AppError("unavailable", "gradient.not-asked", "Gradient could not be asked in time.", { retryAfterSeconds: 2 });

/** Whether a call that threw `gradient.unavailable` may still take effect. */
export const mayStillLand = (error: unknown): boolean =>
  error instanceof AppError && mayLand.some((how) => how === error.cause);

/** Whether a call that threw `gradient.unavailable` was given up for Gradient's slowness. */
export const isTooSlow = (error: unknown): boolean => error instanceof AppError && error.cause === "too-slow";

/**
 * Gradient's vendor API in our words, on behalf of one caller: every request takes a slot of its own right before it
 * goes out. All but `setUnitCount` throw `AppError`: `gradient.token-rejected` (forbidden, 401), `gradient.forbidden`
 * (upstream, 403), `gradient.throttled` (unavailable, 429), `gradient.unavailable` (unavailable: 5xx, time-outs,
 * resets, answers that cannot be read), `gradient.conflict` (conflict, 409), `gradient.refused` (upstream: other 4xx),
 * `gradient.not-asked` (unavailable: it did not go out).
 */
export interface GradientApi {
  readConnection(token: PartnerToken): Promise<GradientConnection>;
  setStatus(token: PartnerToken, status: "pending" | "inactive"): Promise<void>;
  readServices(token: PartnerToken): Promise<GradientService[]>;
  createService(token: PartnerToken, service: NewGradientService): Promise<void>;
  readAccounts(token: PartnerToken): Promise<GradientAccount[]>;
  /** Stops at the first refusal; what was created before it stays. */
  createAccounts(token: PartnerToken, accounts: { id: string; name: string }[]): Promise<void>;
  /**
   * A single change is the documented call. That for many is not, so Gradient may refuse it whatever is in it.
   */
  changeAccounts(token: PartnerToken, changes: AccountChange[]): Promise<void>;
  /** Never throws for an answer of Gradient or a failure of the network. */
  setUnitCount(token: PartnerToken, count: UnitCount): Promise<SentCount>;
}

/** Whose calls they are. */
export interface Caller {
  pacer: Pick<Pacer, "slot" | "slowDown">;
  /**
   * Asked with the slot in hand, right before a request goes out, and can keep it from that. Where it takes longer than
   * the slot may wait, the request takes another slot, and this is asked again.
   */
  mayGo?: () => Promise<boolean>;
}

/** The way to Gradient. There is none without a pacer. */
export interface GradientClient {
  as(caller: Caller): GradientApi;
}

/** As much of it as sending counts needs. */
export interface CountClient {
  as(caller: Caller): Pick<GradientApi, "setUnitCount">;
}
