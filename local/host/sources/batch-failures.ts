import * as z from "zod";
import type { Outcome } from "../functions/function-process.ts";

const report = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * Which of these records have to come again. A function that failed, and a report that makes no sense, mean all of
 * them; without `ReportBatchItemFailures` nobody reads the report.
 */
export const failedRecords = (ids: string[], outcome: Outcome, readsReport: boolean): Set<string> => {
  if (!outcome.succeeded) {
    return new Set(ids);
  }
  if (!readsReport) {
    return new Set();
  }
  const parsed = report.safeParse(outcome.result);
  const failed = parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  const isSensible = parsed.success && failed.every((id) => ids.includes(id));
  return new Set(isSensible ? failed : ids);
};
