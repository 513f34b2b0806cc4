import * as z from "zod";

const id = z
  .string()
  .min(1, "An id has at least one character.")
  .max(128, "An id has at most 128 characters.")
  // a path with these leads elsewhere
  .regex(/^(?!\.{1,2}$)/, "An id is neither . nor ...");

// control characters, halves of characters, and what Unicode keeps for no character: queues and XML take none of them
const noForeign = /^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]*$/u;

/** A customer's id, which another system gave: well-formed characters of any kind. */
export const identifier = id.regex(noForeign, "An id has no control characters.");

/** The id of a partner or a service. It stands in paths, which API Gateway decodes before it matches them. */
export const pathIdentifier = id.regex(/^[A-Za-z0-9._~:@-]*$/, "An id has no characters but A–Z a–z 0–9 . _ ~ : @ -.");

// what has a shape of its own, or a place for one; a blank of Braille has neither
const somethingToSee = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A name that people read. */
export const displayName = z
  .string()
  .trim()
  .min(1, { error: "A name has at least one character.", abort: true })
  .max(512, "A name has at most 512 characters.")
  .regex(noForeign, "A name has no control characters.")
  .regex(somethingToSee, "A name has something to see.");

/** An instant as it is stored and answered: RFC 3339 in UTC, milliseconds, so that text order is time order. */
export const instant = z.iso.datetime();
