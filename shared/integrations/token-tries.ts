import * as z from "zod";
import { underWayMs } from "../calls/under-way.ts";
import { AppError } from "../errors.ts";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readableOf, readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

/**
 * When a partner's people have entered tokens that Gradient refused, so that nobody tries out tokens through us, and
 * which tries are under way: of any number at the same time only as many get as far as Gradient.
 */
const tokenTries = z.object({
  partnerId: z.string(),
  refusedAt: z.array(instant),
  underWay: z.array(z.object({ id: z.string(), at: instant })).default([]),
  version: z.number(),
});
export type TokenTries = z.infer<typeof tokenTries>;

export const maxTries = 5;
const windowMs = 10 * 60_000;

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "token-tries" });

/** Where the count cannot be read it begins anew: it must lock nobody out. */
export const readTokenTries = async (table: Pick<Table, "get">, partnerId: string): Promise<TokenTries> => {
  const none = { partnerId, refusedAt: [], underWay: [], version: 0 };
  const item = await table.get(key(partnerId));
  if (!item) return none;
  // without a version nobody can write it before it has gone by itself
  if (!Number.isInteger(item.version)) return readRow(tokenTries, item);
  const [tries] = readableOf([item], (row) => readRow(tokenTries, row));
  return tries ?? { ...none, version: item.version };
};

const after = (at: string, ms: number, now: Date): boolean => Date.parse(at) > now.getTime() - ms;
const secondsUntil = (at: string, ms: number, now: Date): number =>
  Math.max(1, Math.ceil((Date.parse(at) + ms - now.getTime()) / 1000));

/** Without what says nothing any more. */
const current = (tries: TokenTries, now: Date): TokenTries => ({
  ...tries,
  refusedAt: tries.refusedAt.filter((at) => after(at, windowMs, now)),
  underWay: tries.underWay.filter(({ at }) => after(at, underWayMs, now)),
});

const cooldown = (why: string, retryAfterSeconds: number) =>
  new AppError("too-many", "token.cooldown", `${why} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });

export const triesBusy = () => cooldown("Other tokens of yours are being tried at this moment.", 1);

/** The row goes by itself some time after it says nothing any more. */
const triesWrite = (tries: TokenTries, now: Date): RowWrite => {
  const expiresAt = Math.ceil((now.getTime() + windowMs) / 1000);
  const item: Item = { ...tries, ...key(tries.partnerId), expiresAt };
  return versioned(item);
};

/**
 * Takes one of the tries that a partner has within ten minutes, to be given back by `triedWrite`. Throws
 * `token.cooldown` where as many were refused, or are under way, as may be.
 */
export const tryWrite = (before: TokenTries, id: string, now: Date): RowWrite => {
  const tries = current(before, now);
  const first = tries.refusedAt.at(-maxTries);
  if (first !== undefined) {
    throw cooldown(`Gradient has refused ${maxTries} tokens within ten minutes.`, secondsUntil(first, windowMs, now));
  }
  if (tries.refusedAt.length + tries.underWay.length >= maxTries) throw triesBusy();
  return triesWrite({ ...tries, underWay: [...tries.underWay, { id, at: now.toISOString() }] }, now);
};

/**
 * These tries are over; those that were refused count for ten minutes. The row stays where it says nothing any more, as
 * its version must not begin anew: whoever has read it before would take it for the same.
 */
export const triedWrite = (before: TokenTries, over: { id: string; isRefused: boolean }[], now: Date): RowWrite => {
  const tries = current(before, now);
  const refusedAt = [...tries.refusedAt, ...over.flatMap(({ isRefused }) => (isRefused ? [now.toISOString()] : []))];
  const underWay = tries.underWay.filter((one) => !over.some(({ id }) => id === one.id));
  return triesWrite({ ...tries, refusedAt: refusedAt.slice(-maxTries), underWay }, now);
};
