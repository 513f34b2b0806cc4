import * as z from "zod";
import { instant } from "../identifier.ts";

/**
 * A number that was sent without an answer and may still land until then. Meanwhile no other number may be sent: it
 * could be overwritten by the late one.
 */
export const doubt = z.object({
  unitCount: z.int(),
  until: instant,
  /** It is a zero, and an earlier number was not that went without an answer, too: Gradient may hold that one. */
  hidesUnits: z.literal(true).optional(),
});
export type Doubt = z.infer<typeof doubt>;

/** A number by which Gradient holds units, or may hold them if it got no answer. */
export const hasUnits = (sent: { unitCount: number; hidesUnits?: true | undefined } | null | undefined): boolean =>
  !!sent && (sent.unitCount > 0 || !!sent.hidesUnits);

/** The doubt about a number, where there was one about an earlier number already. */
export const doubtAbout = (unitCount: number, until: string, before: Doubt | null | undefined): Doubt => ({
  unitCount,
  until,
  ...(unitCount === 0 && hasUnits(before) && { hidesUnits: true as const }),
});
