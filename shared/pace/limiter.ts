import * as z from "zod";
import { openEnum } from "../stored.ts";

/**
 * Who goes before whom. `person-call`: somebody waits for this one call. `on-demand`: a run that a person waits for.
 * `scheduled`: a run that nobody waits for. `low`: looks at mappings, accounts, checks of tokens.
 */
export type CallClass = "person-call" | "on-demand" | "scheduled" | "low";

/** Consecutive moments, `periodMs` apart, each for one call. */
export interface SlotBlock {
  firstAt: number;
  periodMs: number;
  count: number;
}

/** Nothing now: to be asked for again at this moment. */
export interface NotBefore {
  notBefore: number;
}

/**
 * One row for each limiter key; moments are milliseconds since 1970. What was added later has a default: rows outlive
 * code.
 */
export const limiter = z.object({
  /** The first moment that nobody has yet. */
  next: z.number(),
  /** How many times longer the period was made after the last refusal. */
  slowness: z.number(),
  slowedAt: z.number(),
  /** Nobody calls before, whatever they have reserved ahead of others. */
  pausedUntil: z.number().default(0),
  /** Who has slots that are still to come, and until when. */
  takers: z.array(z.object({ id: z.string(), class: openEnum<CallClass>(), until: z.number() })).default([]),
  /** Which calls have gone ahead of all others lately. */
  borrowed: z.array(z.object({ at: z.number(), by: z.string() })).default([]),
  /** The last slot of class `low`. */
  lowAt: z.number().default(0),
  version: z.number(),
});
export type Limiter = z.infer<typeof limiter>;

export const freshLimiter: Limiter = limiter.parse({ next: 0, slowness: 1, slowedAt: 0, version: 0 });

// Gradient names no wait, or one of nothing. A second empties its window; the rate then climbs back within half a
// minute.
const pauseMs = 1000;
const recoveryMs = 30_000;
const slowdownPerRefusal = 0.5;
const maxSlowness = 4;
// Longer than any sensible Retry-After for a limit by the second; a senseless one must not stop everybody for hours.
const maxPauseMs = 60_000;

// People's runs hold six slots each where there are many of them, at least: a hundred and more of them beside workers.
const maxLine = 1000;

/**
 * The row, unless its next moment is further away than the longest pause and the longest line after it. A clock that
 * went ahead has written that one, and everybody would wait until it was right: it counts as a row of before the first
 * call. It is not enough to wait for less of it, which would begin anew with each look: who waits writes nothing.
 */
export const believed = (row: Limiter, now: number, perSecond: number): Limiter => {
  const farthestMs = maxPauseMs + (maxLine * maxSlowness * 1000) / perSecond;
  return row.next > now + farthestMs ? { ...freshLimiter, version: row.version } : row;
};

/** How many times longer the period is now: the slowness of the last refusal fades out evenly. */
export const stretch = ({ slowness, slowedAt }: Limiter, now: number): number => {
  const left = Math.max(0, 1 - (now - slowedAt) / recoveryMs);
  return 1 + (slowness - 1) * left;
};

/** Earlier code stores no end of a pause, only its beginning. */
export const pauseEnd = ({ pausedUntil, slowedAt }: Limiter): number => Math.max(pausedUntil, slowedAt + pauseMs);

export interface Decision<T> {
  /** Left out where the row stays as it is. */
  value?: Limiter;
  result: T;
}

/** Gradient has refused a call for the rate: everybody pauses, then goes on more slowly for a while. */
export const slowedDown = (row: Limiter, retryAfterMs: number | null, now: number): Decision<void> => {
  // calls that were under way together are refused together: one of them is enough
  if (now - row.slowedAt < pauseMs) return { result: undefined };
  const pausedUntil = now + Math.min(Math.max(retryAfterMs ?? 0, pauseMs), maxPauseMs);
  return {
    value: {
      ...row,
      next: Math.max(row.next, pausedUntil),
      pausedUntil,
      slowness: Math.min(maxSlowness, stretch(row, now) + slowdownPerRefusal),
      slowedAt: now,
    },
    result: undefined,
  };
};
