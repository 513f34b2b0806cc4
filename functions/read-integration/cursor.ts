import * as z from "zod";
import { AppError } from "#shared/errors";

// what a sort key of the table holds at most
const maxKeyBytes = 1024;

/** The sort key after which a list goes on. Keys of other lists are refused, because the table would fail on them. */
export const keyAfter = (prefix: string) =>
  z.string().refine((key) => key.startsWith(prefix) && Buffer.byteLength(key) <= maxKeyBytes);

/** A place in a list, in a form that nobody is tempted to read or to build. */
export const toCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString("base64url");

const decoded = (cursor: string): unknown => {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
};

/**
 * The place that a list gave out as its cursor; undefined for the beginning. Throws `cursor.invalid` for anything else.
 */
export const fromCursor = <S extends z.ZodType>(place: S, cursor: string | undefined): z.infer<S> | undefined => {
  if (cursor === undefined) return undefined;
  const parsed = place.safeParse(decoded(cursor));
  if (parsed.success) return parsed.data;
  const detail = "This cursor is not one that the list gave out. Start again without a cursor.";
  throw new AppError("invalid", "cursor.invalid", detail);
};
