import * as z from "zod";
import { instant } from "../../identifier.ts";
import { dayMs, hourMs } from "../../schedules/zoned-time.ts";

const minuteMs = 60_000;

/**
 * Looks at what a partner has mapped, as levels and not as events: whatever calls for a look counts `asked` up, and a
 * look meets what had been asked when it began. A message only wakes a worker, so one that is lost or comes twice
 * changes nothing (ADR 13).
 */
export const looks = z.object({
  asked: z.int().default(0),
  met: z.int().default(0),
  /** Somebody waits for it: a person, or a partner that has just finished mapping. */
  isAwaited: z.boolean().default(false),
  /** When a person asked last, or a page by itself. */
  pressedAt: instant.nullable().default(null),
  /** When Gradient was to be asked again, where that look could not be made at once. */
  pressHeldUntil: instant.nullable().default(null),
  /** The audit trail names that person. It names nobody where a page asked. */
  isPressTold: z.boolean().default(true),
  /** Until then at the latest one is on its way to a worker, or under way; null: neither. */
  until: instant.nullable().default(null),
  /** The worker that is at it; null while none is. */
  holder: z.string().nullable().default(null),
  /** When something was new in Gradient, or somebody asked. Looks come less and less often after that. */
  livelyAt: instant.nullable().default(null),
  /** Tries in a row that came to nothing. */
  failures: z.int().default(0),
  /** How many looks came to nothing, since one did not, because Gradient failed on accounts that it was sent. */
  changesFailed: z.int().default(0),
  /** The same of what it was asked, while nothing said that it failed for others too. */
  readsFailed: z.int().default(0),
  /** What the last look cost, its counts included: the next one is taken to cost as much. */
  calls: z.int().default(2),
  /** Gradient tells which accounts are mapped; null before it has listed any of this connection. */
  isTelling: z.boolean().nullable().default(null),
  /** When the token is to be tried, should nothing else have tried it by then. */
  tokenCheckAt: instant.nullable().default(null),
  /**
   * Since when lines wait for services that Gradient does not have, and when it is compared next whether it has them.
   */
  servicesSince: instant.nullable().default(null),
  servicesCheckAt: instant.nullable().default(null),
  /** Accounts that Gradient had lost are being created again: what was accepted before proves nothing. */
  isCreatingAgain: z.boolean().default(false),
  /** All of them were: the partner, active as it is, has to map again. Until a count is accepted. */
  mapsAnew: z.boolean().default(false),
  /** Since when Gradient looks as if the partner had disconnected there. */
  suspectedSince: instant.nullable().default(null),
  /** A person, or a new token, says that it has not: the next look creates what is missing, whatever is gone. */
  goesOn: z.boolean().default(false),
  /** Removed customers are retired once the run is over that may still count them: its end asks for a look. */
  retiresLater: z.boolean().default(false),
  /** When lines were last wanted that Gradient calls mapped and had answered with a 404. */
  contradictedAt: instant.nullable().default(null),
});
export type Looks = z.infer<typeof looks>;

export const noLooks: Looks = looks.parse({});

const plus = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

/**
 * How looks go on; `sweepLooks`: in so many looks every account is tried once, where only counts tell what is mapped.
 */
export interface Pace {
  gapMs: number;
  sweepLooks: number;
}

// The job that owes looks comes once a minute, and the next one after a look is to make the next look: a look that the
// job has owed ends some seconds after it, or half a minute on a busy day, and one that was asked for at any moment.
// Dated a whole minute later, or most of one, looks would come with every second job.
const nextJobMs = 5_000;

// A partner that maps is seen within a minute. A quarter of an hour without anything new, and it is not at it any more.
// Where only counts tell, all accounts are tried once in a quarter of an hour while somebody may be at it, and within
// two days in any case.
const paces = [
  { untilMs: 15 * minuteMs, gapMs: nextJobMs, sweepLooks: 15 },
  { untilMs: hourMs, gapMs: 5 * minuteMs, sweepLooks: 3 },
  { untilMs: 4 * hourMs, gapMs: 15 * minuteMs, sweepLooks: 12 },
  { untilMs: dayMs, gapMs: hourMs, sweepLooks: 20 },
  { untilMs: 30 * dayMs, gapMs: dayMs, sweepLooks: 2 },
] as const;
/** Of a look that came although looks had ended. */
export const lastPace: Pace = paces[4];

/** How often to look so long after something was new; undefined: no more, until somebody asks. */
export const paceOfLooks = (quietMs: number): Pace | undefined => paces.find(({ untilMs }) => quietMs < untilMs);

/** The same for comparisons that cost no call: they go on daily, for ever. */
const comparisonGapMs = (waitedMs: number): number => paceOfLooks(waitedMs)?.gapMs ?? dayMs;

const failureGapsMs = [45_000, 5 * minuteMs, 15 * minuteMs, hourMs] as const;

// a task that has not been begun by then is lost: workers take minutes when a whole fleet is synchronised
const lostAfterMs = 15 * minuteMs;
/** A worker's claim to a look: ten seconds more than it may run. */
export const heldMs = 130_000;

/** A moment that the record names has come. */
export const hasCome = (moment: string | null, at: string): boolean => moment !== null && moment <= at;

/** One is on its way to a worker, or a worker is at it. */
export const isUnderWay = ({ until }: Looks, at: string): boolean => until !== null && until > at;

export const isAsked = ({ asked, met }: Looks): boolean => asked > met;

interface Asking {
  at: string;
  isAwaited?: boolean;
  /** Somebody is at it, so looks come often again. */
  isLively?: boolean;
}

export const askedFor = (before: Looks, { at, isAwaited = false, isLively = false }: Asking): Looks => ({
  ...before,
  asked: before.asked + 1,
  isAwaited: before.isAwaited || isAwaited,
  livelyAt: isLively ? at : before.livelyAt,
});

/** A task for it is on its way. */
export const sentOff = (before: Looks, at: string): Looks => ({
  ...before,
  until: plus(at, lostAfterMs),
  holder: null,
});

export const takenBy = (before: Looks, holder: string, at: string): Looks => ({
  ...before,
  until: plus(at, heldMs),
  holder,
});

/** Nobody is at it any more; `met`: up to this number, everything that was asked. */
export const letGo = (before: Looks, met: number = before.met): Looks => {
  const isOpen = before.asked > met;
  return {
    ...before,
    met: Math.max(before.met, met),
    until: null,
    holder: null,
    isAwaited: isOpen && before.isAwaited,
  };
};

/** When a try that came to nothing is repeated. */
export const retryLookAt = ({ failures }: Looks, at: string): string => plus(at, failureGapsMs[failures] ?? hourMs);

/** Gradient took the token just now. */
export const tokenTaken = (before: Looks, at: string): Looks => ({ ...before, tokenCheckAt: plus(at, dayMs) });

// a bad spell of Gradient's ends within hours; a partner that has left stays away
const spellMs = 6 * hourMs;

/**
 * When a partner that seems to have disconnected in Gradient, since then, is looked for there next: hourly at first, in
 * which time it may miss the end of a month; then daily, for ever.
 */
export const returnCheckAt = (since: string, at: string): string =>
  plus(at, at < plus(since, spellMs) ? hourMs : dayMs);

/** When the next look comes by itself, for a partner that maps. */
export const nextLookAt = ({ livelyAt }: Looks, at: string): string | null => {
  const pace = paceOfLooks(Date.parse(at) - Date.parse(livelyAt ?? at));
  return pace ? plus(at, pace.gapMs) : null;
};

/** A service that lines wait for may come soon, or only after days. */
export const waitingForServices = (before: Looks, isWaiting: boolean, at: string): Looks => {
  if (!isWaiting) return { ...before, servicesSince: null, servicesCheckAt: null };
  const since = before.servicesSince ?? at;
  const servicesCheckAt = plus(at, comparisonGapMs(Date.parse(at) - Date.parse(since)));
  return { ...before, servicesSince: since, servicesCheckAt };
};

/** Whatever is gone in Gradient, the next look creates it again. */
export const goingOn = (before: Looks): Looks => ({ ...before, suspectedSince: null, goesOn: true });

/** When a look goes on that could not do all at once. */
export const soonAfter = (at: string): string => plus(at, nextJobMs);

/** A day later. */
export const aDayAfter = (at: string): string => plus(at, dayMs);
