import { settledLines } from "../line.ts";
import type { UsageExport } from "../usage-export.ts";

/**
 * Succeeded: nothing was refused or left over. What is not mapped, or waits for a measurement or for its service, does
 * not count. Failed: something was, and Gradient holds none of the run's numbers, or the run ended before its lines
 * were fixed. A dry run succeeds by reaching its end. Throws when the outcomes do not sum up to the lines: that must
 * never be written down as an end.
 */
export const outcomeOf = ({
  totals: sums,
  mode,
  chunks,
  stop,
  leftOver: left,
}: UsageExport): "succeeded" | "partial" | "failed" => {
  const { lines, accepted, unchanged, rejected } = sums;
  if (settledLines(sums) !== lines) throw new Error("The outcomes of an export do not sum up to its lines");
  if (chunks === null) return "failed";
  if (mode === "dry-run") return stop === null ? "succeeded" : "partial";
  if (rejected + left.lines + left.unreadable === 0) return "succeeded";
  return accepted + unchanged === 0 ? "failed" : "partial";
};
