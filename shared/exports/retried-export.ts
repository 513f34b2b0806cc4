import { AppError } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { receiptsOf } from "./chunk.ts";
import type { Line, Receipt } from "./line.ts";
import { findExport, isOver } from "./usage-export.ts";

/**
 * Throws unless the rest of this export can be sent again: `export.not-found`, `export.not-over`, or
 * `export.without-lines` when it ended before its lines were fixed, because a run of no lines would pass for success.
 */
export const checkRetried = async (table: Pick<Table, "get">, partnerId: string, exportId: string): Promise<void> => {
  const earlier = await findExport(table, partnerId, exportId);
  if (!earlier) throw new AppError("not-found", "export.not-found", "There is no such export.");
  if (!isOver(earlier)) {
    throw new AppError("conflict", "export.not-over", "That export has not ended yet. Wait for it, or cancel it.");
  }
  if (earlier.chunks === null) {
    const detail = "That export ended before it had any lines. Start one without retryOf.";
    throw new AppError("conflict", "export.without-lines", detail);
  }
};

const isWithGradient = ({ outcome }: Pick<Receipt, "outcome">): boolean =>
  outcome === "accepted" || outcome === "unchanged";

/**
 * Tells which lines an export that is over did not bring to Gradient, for whatever reason. The answer is the same each
 * time: the receipts of such an export do not change. Only the ids are kept, for there may be 100,000 lines.
 */
export const readRetriedLines = async (
  table: Pick<Table, "get" | "query">,
  partnerId: string,
  exportId: string,
): Promise<(line: Pick<Line, "customerId" | "serviceId">) => boolean> => {
  const retried = new Map<string, Set<string>>();
  const earlier = await findExport(table, partnerId, exportId);
  for await (const receipts of earlier ? receiptsOf(table, earlier) : []) {
    for (const receipt of receipts) {
      if (isWithGradient(receipt)) continue;
      const { customerId, serviceId } = receipt;
      retried.set(customerId, (retried.get(customerId) ?? new Set()).add(serviceId));
    }
  }
  return ({ customerId, serviceId }) => retried.get(customerId)?.has(serviceId) ?? false;
};
