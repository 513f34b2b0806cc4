import * as z from "zod";
import { instant } from "../identifier.ts";
import { openEnum } from "../stored.ts";
import { type LineOutcome, lineOutcome } from "../usage/outcome.ts";

/** One customer × one service, as the run fixed it: which line, never which number. */
export const line = z.object({
  customerId: z.string(),
  customerName: z.string(),
  serviceId: z.string(),
  serviceName: z.string(),
  /** False where the customer is no longer billed: then the line carries zero. */
  billed: z.boolean(),
});
export type Line = z.infer<typeof line>;

/** What became of one line. */
export const receipt = z.object({
  customerId: z.string(),
  customerName: z.string(),
  serviceId: z.string(),
  serviceName: z.string(),
  /** The number that was sent, or that would have been; null where the run ended before it was read. */
  unitCount: z.int().nullable(),
  /** What Gradient had accepted before this run; null for nothing. */
  previousUnitCount: z.int().nullable(),
  asOf: instant.nullable(),
  outcome: openEnum<LineOutcome>(),
  reason: z.string().nullable(),
  whatToDo: z.string().nullable(),
  sentAt: instant.nullable(),
});
export type Receipt = z.infer<typeof receipt>;

/** How many lines a run has, and how many ended in each outcome; outcomes of another version are among them. */
export type Totals = Record<"lines" | LineOutcome, number> & Record<string, number>;

export const noTotals: Totals = z.record(z.enum(["lines", ...lineOutcome.options]), z.int().default(0)).parse({});

/** An outcome that came later than the row was not had in it. */
export const totals = z.record(z.string(), z.int()).transform((stored): Totals => ({ ...noTotals, ...stored }));

/** The outcomes of these receipts added to `before`; `lines` stays, it is fixed by the plan. */
export const addOutcomes = (before: Totals, receipts: Pick<Receipt, "outcome">[]): Totals => {
  const after = { ...before };
  for (const { outcome } of receipts) after[outcome] = (after[outcome] ?? 0) + 1;
  return after;
};

export const settledLines = ({ lines: _lines, ...outcomes }: Totals): number =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0);
