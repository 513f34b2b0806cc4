import * as z from "zod";

/** What runs have told of how much there is to send. */
export const sizes = z.object({
  /** Of the last run of all lines: how many there were, and how many it had to send. */
  lines: z.int(),
  toSend: z.int(),
  /** How many lines are left over, and how many wait for their repeat; null or missing where nobody has counted. */
  leftOver: z.int().nullable().optional(),
  repeats: z.int().nullable().optional(),
});
export type Sizes = z.infer<typeof sizes>;
export const noSizes: Sizes = { lines: 0, toSend: 0, leftOver: null, repeats: null };
