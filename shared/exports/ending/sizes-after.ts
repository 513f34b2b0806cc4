import type { Integration } from "../../integrations/integration.ts";
import type { UsageExport } from "../usage-export.ts";

/** What the next runs will have to send, as far as this one can tell. */
export const sizesAfter = (
  { sizes }: Integration,
  { kind, totals, toSend, leftOver, repeatsDue }: UsageExport,
  hasReached: boolean,
): Integration["sizes"] => {
  if (kind === "all" && hasReached)
    return { lines: totals.lines, toSend, leftOver: leftOver.lines, repeats: repeatsDue };
  if (kind === "retry" && hasReached) return { ...sizes, leftOver: leftOver.lines };
  // lines beside those that were left over before
  return leftOver.lines > 0 ? { ...sizes, leftOver: null } : sizes;
};
