import * as z from "zod";
import { instant } from "../identifier.ts";
import { lineOutcome } from "../usage/outcome.ts";

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
  outcome: lineOutcome,
  reason: z.string().nullable(),
  whatToDo: z.string().nullable(),
  sentAt: instant.nullable(),
});
export type Receipt = z.infer<typeof receipt>;

export const totals = z.object({
  lines: z.int(),
  accepted: z.int(),
  unchanged: z.int(),
  unmapped: z.int(),
  rejected: z.int(),
  deferred: z.int(),
  superseded: z.int(),
});
export type Totals = z.infer<typeof totals>;

export const noTotals: Totals = {
  lines: 0,
  accepted: 0,
  unchanged: 0,
  unmapped: 0,
  rejected: 0,
  deferred: 0,
  superseded: 0,
};

/** The outcomes of these receipts added to `before`; `lines` stays, it is fixed by the plan. */
export const addOutcomes = (before: Totals, receipts: Pick<Receipt, "outcome">[]): Totals => {
  const after = { ...before };
  for (const { outcome } of receipts) after[outcome] += 1;
  return after;
};

export const settledLines = ({ lines: _lines, ...outcomes }: Totals): number =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0);
