import * as z from "zod";
import { openEnum } from "../stored.ts";

/**
 * What SES reports of a mail, as the stack's rules cut it out of SES's own event, which holds the recipient's address:
 * that goes nowhere. A field that a rule adds later is no fault.
 */
export const mailReport = z.object({
  type: openEnum<"Send" | "Delivery" | "Bounce" | "Complaint">(),
  tags: z.record(z.string(), z.unknown()),
  /** `Permanent`, `Transient` or `Undetermined`. */
  bounceType: z.string().optional(),
  bounceSubType: z.string().optional(),
});
export type MailReport = z.infer<typeof mailReport>;
