import * as z from "zod";
import { identifier, instant } from "../../identifier.ts";
import { type OpenWord, openEnum, readRow } from "../../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned, type Write } from "../../table/table.ts";
import { ladders } from "./ladders.ts";

/**
 * What stands in the way of calls. Of one partner's: `doubted` (a 401, and nobody knows yet whose fault it is) or
 * `refused` (403). Of everybody's: `vendor-key` (Gradient refuses our own key), `gradient-refuses` (403) or
 * `gradient-down` (5xx and time-outs).
 */
const trouble = z.enum(["doubted", "refused", "vendor-key", "gradient-refuses", "gradient-down"]);
export type Trouble = z.infer<typeof trouble>;

/** A word of another version is trouble all the same: it is handled as a refusal of all calls. */
export const knownTrouble = (what: OpenWord<Trouble>): Trouble => trouble.safeParse(what).data ?? "gradient-refuses";
const anyTrouble = openEnum<Trouble>();

const breaker = z.object({
  /** `vendor`, or `partner#` and the partner's id. */
  key: z.string(),
  /** Null while nothing stands in the way. */
  trouble: anyTrouble.nullable(),
  /** When it was last opened or closed: what Gradient was asked before says nothing any more. */
  changedAt: instant,
  /**
   * From when on Gradient may be probed; null while closed. Whoever moves it on, by a conditional write, makes the
   * probe.
   */
  probeAt: instant.nullable(),
  /** Probes that did not help, since it opened. */
  tries: z.int(),
  /** Where it stood when it last closed: trouble that comes back before `until` has not been over. */
  ladder: z.object({ trouble: anyTrouble, tries: z.int(), until: instant }).nullable(),
  /** Closed, and those who wait have not been told yet. */
  owesRelease: z.boolean(),
  /** Of a partner's breaker: the token that it is about. Another token has nothing to do with it. */
  tokenVersionId: z.string().nullable(),
  /** Of a partner's breaker: 401s of the last hour whose token Gradient took when it was asked about it. */
  falseAlarms: z.array(instant),
  /** Of our own: the version of the vendor key that was refused. */
  keyVersion: z.string().nullable(),
  /** Of our own: whose tokens the probes try, the next one first. */
  rotation: z.array(identifier),
  /** Of our own: whose token Gradient took, which closed it last. */
  provenBy: identifier.nullable(),
  /** Of our own: partners that met a 403 within the last hour. */
  forbidden: z.array(z.object({ partnerId: identifier, at: instant })),
  /** Of our own: until then somebody asks whether a third partner meets the 403, too. */
  askingUntil: instant.nullable(),
  version: z.number(),
});
export type Breaker = z.infer<typeof breaker>;

export const vendorBreaker = "vendor";
const partnerPrefix = "partner#";
export const partnerBreaker = (partnerId: string): string => `${partnerPrefix}${partnerId}`;
/** Undefined for our own breaker. */
export const partnerOf = (key: string): string | undefined =>
  key.startsWith(partnerPrefix) ? key.slice(partnerPrefix.length) : undefined;

const waitMs = (what: OpenWord<Trouble>, tries: number): number => {
  const { waitsMs }: { waitsMs: readonly number[] } = ladders[knownTrouble(what)];
  return waitsMs[tries] ?? Math.max(...waitsMs);
};

export const iso = (at: number): string => new Date(at).toISOString();

/** It stands in the way of calls, of those with this token where one is named. */
export const isOpen = ({ trouble: what, tokenVersionId }: Breaker, token?: string): boolean =>
  what !== null && (token === undefined || tokenVersionId === null || tokenVersionId === token);

/** A partner's breaker as far as it is about this token. */
export const forToken = (before: Breaker, tokenVersionId: string): Breaker =>
  before.tokenVersionId === tokenVersionId ? before : { ...before, tokenVersionId, ladder: null, falseAlarms: [] };

export const opened = (before: Breaker, what: Trouble, now: number, facts: Partial<Breaker> = {}): Breaker => {
  const { ladder } = before;
  const tries = ladder?.trouble === what && iso(now) < ladder.until ? ladder.tries : 0;
  const probeAt = iso(now + waitMs(what, tries));
  return { ...before, ...facts, trouble: what, changedAt: iso(now), probeAt, tries, owesRelease: false };
};

/** The conditional write of this is the claim to one probe. */
export const claimed = (before: Breaker, now: number, facts: Partial<Breaker> = {}): Breaker =>
  before.trouble === null
    ? before
    : { ...before, ...facts, probeAt: iso(now + ladders[knownTrouble(before.trouble)].claimMs) };

/** The probe has met the same trouble. */
export const stillOpen = (before: Breaker, now: number): Breaker => {
  if (before.trouble === null) return before;
  const tries = before.tries + 1;
  return { ...before, tries, probeAt: iso(now + waitMs(before.trouble, tries)) };
};

export const closed = (before: Breaker, now: number): Breaker => {
  const { trouble: was, tries } = before;
  // a doubt is settled at once; it must not make us forget that the partner was refused a while ago
  const isSettled = was === null || was === "doubted";
  const ladder = isSettled
    ? before.ladder
    : { trouble: was, tries: tries + 1, until: iso(now + waitMs(was, tries + 1)) };
  return { ...before, trouble: null, changedAt: iso(now), probeAt: null, tries: 0, ladder, owesRelease: true };
};

export const breakerProbes = "breaker-probe";
export const breakerReleases = "breaker-release";
// far longer than a verdict can be under way, or evidence counts
const keptSeconds = 7 * 24 * 60 * 60;

const due = ({ probeAt, owesRelease, changedAt }: Breaker) => {
  if (probeAt !== null) return { dueKind: breakerProbes, dueAt: probeAt };
  if (owesRelease) return { dueKind: breakerReleases, dueAt: changedAt };
  return { expiresAt: Math.floor(Date.parse(changedAt) / 1000) + keptSeconds };
};

const rowPrefix = "breaker#";
export const breakerRowKey = (key: string): Key => ({ pk: `${rowPrefix}${key}`, sk: "breaker" });
export const breakerKeyOf = ({ pk }: Pick<Key, "pk">): string => pk.slice(rowPrefix.length);

export const breakerWrite = (value: Breaker): RowWrite =>
  versioned({ ...value, ...due(value), ...breakerRowKey(value.key) });

/** Holds as long as nobody has written the row since it was read. */
export const unchanged = ({ key, version }: Breaker): Write => ({
  check: breakerRowKey(key),
  expect: version === 0 ? "absent" : version,
});

const never = iso(0);
export const untouched = (key: string): Breaker => ({
  key,
  trouble: null,
  changedAt: never,
  probeAt: null,
  tries: 0,
  ladder: null,
  owesRelease: false,
  tokenVersionId: null,
  falseAlarms: [],
  keyVersion: null,
  rotation: [],
  provenBy: null,
  forbidden: [],
  askingUntil: null,
  version: 0,
});

export const fromBreakerItem = (item: Item): Breaker => readRow(breaker, item);

export const findBreaker = async (table: Pick<Table, "get">, key: string): Promise<Breaker> => {
  const item = await table.get(breakerRowKey(key));
  return item ? fromBreakerItem(item) : untouched(key);
};
