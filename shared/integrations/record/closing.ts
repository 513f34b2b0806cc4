import * as z from "zod";
import { instant } from "../../identifier.ts";
import { dayMs, hourMs } from "../../schedules/zoned-time.ts";
import { connection, registeredToken } from "./connection.ts";

/**
 * A disconnect that first sends zero wherever Gradient holds units (ADR 15). For everything else the partner is
 * disconnected; what the zeros need is kept here, and the claims on token and organization stay.
 */
export const closing = z.object({
  finalCounts: z.literal("zero"),
  /** Lines that Gradient still holds units for, as the last run has left it. */
  remaining: z.int(),
  /** Then the token is deleted, whatever has come of the zeros. */
  until: instant,
  /** When the next run is tried, and how many there were. */
  retryAt: instant,
  tries: z.int(),
  /** How many of them in a row ended since Gradient refused the key. */
  refused: z.int().default(0),
  token: registeredToken,
  gradient: connection,
  /** Who has asked for it. */
  by: z.object({
    actor: z.string(),
    actorName: z.string().nullable(),
    role: z.string().nullish(),
    address: z.string().nullable(),
  }),
});
export type Closing = z.infer<typeof closing>;

const patienceMs = 7 * dayMs;
const firstPauseMs = 15 * 60_000;
const longestPauseMs = 6 * hourMs;

export const closingUntil = (at: string): string => new Date(Date.parse(at) + patienceMs).toISOString();

/** The next try: in a quarter of an hour at first, in six hours at last, so that a week of them is some thirty runs. */
export const nextTryAt = (tries: number, at: string): string =>
  new Date(Date.parse(at) + Math.min(firstPauseMs * 2 ** tries, longestPauseMs)).toISOString();

/** The record as a run of zeros has to see it: with what the disconnect has taken out of it. */
export const asConnected = <T extends { closing: Closing | null }>(value: T) =>
  value.closing === null
    ? value
    : { ...value, state: "active" as const, token: value.closing.token, gradient: value.closing.gradient };
