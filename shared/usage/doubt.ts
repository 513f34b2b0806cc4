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

/** Gradient may hold units by a call that got no answer. */
export const mayHoldUnits = (value: Doubt | null): boolean =>
  value !== null && (value.unitCount > 0 || value.hidesUnits === true);

/** The doubt about a number, where there was one about an earlier number already. */
export const doubtAbout = (unitCount: number, until: string, before: Doubt | null | undefined): Doubt => ({
  unitCount,
  until,
  ...(unitCount === 0 && mayHoldUnits(before ?? null) ? { hidesUnits: true } : {}),
});
