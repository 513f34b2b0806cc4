import { settledLines } from "./line.ts";
import type { UsageExport } from "./usage-export.ts";

/** An export as the contract shows it. */
export const exportView = (value: UsageExport) => ({
  id: value.id,
  trigger: value.trigger,
  startedBy: value.startedBy,
  mode: value.mode,
  state: value.state,
  outcome: value.outcome,
  customerIds: value.customerIds,
  serviceIds: value.serviceIds,
  retryOf: value.retryOf,
  /** Why it ended before its last line, if it did. */
  stoppedBy: value.stop,
  reason: value.reason,
  /** How many lines have their receipt. */
  settled: settledLines(value.totals),
  totals: value.totals,
  createdAt: value.createdAt,
  startedAt: value.startedAt,
  finishedAt: value.finishedAt,
});
