import * as z from "zod";
import { instant } from "../../identifier.ts";
import { openEnum } from "../../stored.ts";

/** What set a run off. Of several causes the first in this order is shown. */
export const exportTriggers = ["schedule", "manual", "mapping", "recovery", "repeat"] as const;
export type ExportTrigger = (typeof exportTriggers)[number];

const want = z.object({
  /** The number that was given when it was last wished for, and up to which number it has been met. Both only grow. */
  wanted: z.int().default(0),
  covered: z.int().default(0),
  /** When the oldest wish that is not met was made; null while nothing is wanted. */
  since: instant.nullable().default(null),
  /** Nothing is started for it before. */
  notBefore: instant.nullable().default(null),
  /** How often in a row it was tried and left something over. */
  attempt: z.int().default(0),
  trigger: openEnum<ExportTrigger>().default("recovery"),
  /**
   * While a run is under way that was started for the wishes up to this number: what was wished since, which is still
   * wanted where a person stops that run.
   */
  started: z
    .object({ upTo: z.int(), later: z.object({ since: instant, trigger: openEnum<ExportTrigger>() }).nullable() })
    .optional(),
});
export type Want = z.infer<typeof want>;

const nothing: Want = {
  wanted: 0,
  covered: 0,
  since: null,
  notBefore: null,
  attempt: 0,
  trigger: "recovery",
};

/**
 * What a partner still wants to have sent, as levels and not as events: `all` its lines, `retry` for what was left
 * over, `repeat` for counts that Gradient took long ago. A wish takes the next number of `seq`; a run that read `seq`
 * before it planned has met every wish up to that number once it has reached its last line. So nothing is ever cleared,
 * and no clock decides (ADR 9).
 */
export const wants = z.object({
  seq: z.int().default(0),
  all: want.default(nothing),
  retry: want.default(nothing),
  repeat: want.default(nothing),
});
export type Wants = z.infer<typeof wants>;
export type WantKind = "all" | "retry" | "repeat";

export const noWants: Wants = { seq: 0, all: nothing, retry: nothing, repeat: nothing };

export const isWanted = ({ wanted, covered }: Want): boolean => wanted > covered;

/** A cause of another version comes after those that are known. */
const rank = (trigger: Want["trigger"]): number => [...exportTriggers, trigger].indexOf(trigger);
const firstOf = (a: Want["trigger"], b: Want["trigger"]): Want["trigger"] => (rank(a) <= rank(b) ? a : b);

interface Wish {
  /** When it was made: those who have waited longest come first. */
  at: string;
  trigger: ExportTrigger;
  /** Unless given, it may be met at once. */
  notBefore?: string;
  attempt?: number;
}

const older = (a: string | null, b: string): string => (a !== null && a < b ? a : b);

const withoutStarted = ({ started, ...want }: Want): Want =>
  started?.later ? { ...want, trigger: firstOf(want.trigger, started.later.trigger) } : want;

/** A run is started for the wishes up to this number. */
export const withStarted = (before: Wants, kind: WantKind, upTo: number): Wants => ({
  ...before,
  [kind]: { ...withoutStarted(before[kind]), started: { upTo, later: null } },
});

/** No run is under way any more: what is still wanted has all its causes. */
export const withoutRun = (before: Wants): Wants => ({
  ...before,
  all: withoutStarted(before.all),
  retry: withoutStarted(before.retry),
  repeat: withoutStarted(before.repeat),
});

/** Of a wish that is open, with one more: its age and its cause, and those of what came after a run was started. */
const joined = (held: Want, at: string, trigger: ExportTrigger): Pick<Want, "since" | "trigger" | "started"> => {
  const { since, started } = held;
  if (!started) return { since: older(since, at), trigger: firstOf(held.trigger, trigger) };
  const { later } = started;
  const joint = { since: older(later?.since ?? null, at), trigger: later ? firstOf(later.trigger, trigger) : trigger };
  return { since: older(since, at), trigger: held.trigger, started: { ...started, later: joint } };
};

/** The wish is made. One that is not met yet keeps its age, and the cause that is shown first. */
export const wish = (
  before: Wants,
  kind: WantKind,
  { at, trigger, notBefore, attempt = before[kind].attempt }: Wish,
): Wants => {
  const held = before[kind];
  const isOpen = isWanted(held);
  // who waits for a place does not go back to the end of the line
  const isInLine = isOpen && held.notBefore !== null && held.notBefore < at;
  const seq = before.seq + 1;
  const made: Want = {
    ...(isOpen ? { ...held, ...joined(held, at, trigger) } : { ...withoutStarted(held), since: at, trigger }),
    wanted: seq,
    notBefore: notBefore ?? (isInLine ? held.notBefore : at),
    attempt,
  };
  return { ...before, seq, [kind]: made };
};

/** Every wish up to the number is met. */
export const cover = (before: Wants, kind: WantKind, upTo: number): Wants => {
  const { started, ...held } = before[kind];
  const met = { ...held, covered: Math.max(held.covered, upTo) };
  if (!isWanted(met)) return { ...before, [kind]: { ...met, since: null, notBefore: null, attempt: 0 } };
  const isStartedFor = started !== undefined && upTo >= started.upTo && started.later !== null;
  return { ...before, [kind]: isStartedFor ? { ...met, ...started.later } : { ...before[kind], ...met } };
};

/** From when on a run may be started for it, as RFC 3339; undefined while it is not wanted. */
export const eligibleAt = (held: Want): string | undefined => {
  if (!isWanted(held)) return undefined;
  const since = held.since ?? "";
  return held.notBefore !== null && held.notBefore > since ? held.notBefore : since;
};

const minuteMs = 60_000;
/** Minutes until what was left over is tried again, by the number of tries before. */
const ladder = [1, 5, 15, 60] as const;
const lastStep = 60;
// While Gradient fails or is silent, what waits is to be sent within half an hour after it has come back, jitter
// included.
const maxMinutesWithoutAnswer = 25;

/**
 * How long what was left over waits for its next try, in milliseconds; `random` is 0 to 1 and spreads partners by a
 * tenth.
 */
export const retryPauseMs = (attempt: number, isUnanswered: boolean, random: number): number => {
  const step = ladder[attempt] ?? lastStep;
  const minutes = isUnanswered ? Math.min(step, maxMinutesWithoutAnswer) : step;
  return Math.round(minutes * minuteMs * (0.95 + 0.1 * random));
};
