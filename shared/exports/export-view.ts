import type { Item } from "../table/table.ts";
import { settledLines } from "./line.ts";
import { fromExportItem, type UsageExport } from "./usage-export.ts";

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

/** The run, of no look, that comes into being with these rows. */
export const startedBy = (rows: Item[]): UsageExport | undefined => {
  const started = rows.find(({ sk, version }) => sk.startsWith("export#") && version === 1);
  return started && fromExportItem(started);
};
