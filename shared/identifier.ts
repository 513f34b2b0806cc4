import * as z from "zod";

/** An id that another system gave: 1 to 128 characters of any kind but control characters. */
export const identifier = z
  .string()
  .min(1, "An id has at least one character.")
  .max(128, "An id has at most 128 characters.")
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), "An id has no control characters.");

/** A name that people read. */
export const displayName = z
  .string()
  .trim()
  .min(1, "A name has at least one character.")
  .max(512, "A name has at most 512 characters.")
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), "A name has no control characters.");

/** An instant as it is stored and answered: RFC 3339 in UTC, milliseconds, so that text order is time order. */
export const instant = z.iso.datetime();
