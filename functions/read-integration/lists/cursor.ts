import { createHash } from "node:crypto";
import * as z from "zod";
import { AppError } from "#shared/errors";

// what a sort key of the table holds at most
const maxKeyBytes = 1024;

/** The sort key after which a list goes on. Keys of other lists are refused, because the table would fail on them. */
export const keyAfter = (prefix: string) =>
  z.string().refine((key) => key.startsWith(prefix) && Buffer.byteLength(key) <= maxKeyBytes && key.isWellFormed());

/** One list of one partner; a cursor belongs to it alone. */
export type ListOf = readonly [partnerId: string, ...list: string[]];

const markOf = (list: ListOf): string =>
  createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 8);

/** A place in a list, in a form that nobody is tempted to read or to build. */
export const toCursor = (list: ListOf, place: unknown): string =>
  Buffer.from(JSON.stringify([markOf(list), place])).toString("base64url");

const markedPlace = z.tuple([z.string(), z.unknown()]);

const decoded = (cursor: string): unknown => {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
};

/**
 * The place that this list gave out as its cursor; undefined for the beginning, also where it is empty. Throws
 * `cursor.invalid` for anything else.
 */
export const fromCursor = <S extends z.ZodType>(
  list: ListOf,
  place: S,
  cursor: string | undefined,
): z.infer<S> | undefined => {
  if (cursor === undefined || cursor === "") return undefined;
  const marked = markedPlace.safeParse(decoded(cursor)).data;
  const parsed = marked?.[0] === markOf(list) ? place.safeParse(marked[1]) : undefined;
  if (parsed?.success) return parsed.data;
  const detail = "This cursor is not one that the list gave out. Start again without a cursor.";
  throw new AppError("invalid", "cursor.invalid", detail);
};
