import type { Customer } from "#shared/customers/customer";
import { findExport } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import type { Table } from "#shared/table/table";

/**
 * When the partner's run under way began; null where there is none, or nobody of these waits to be retired. Asked for
 * after the customers were read, and before the ledger is: a run that begins after that knows who was removed, and what
 * one that has ended before was answered stands there.
 */
export const runUnderWaySince = async (
  table: Pick<Table, "get">,
  partnerId: string,
  customers: Customer[],
): Promise<string | null> => {
  if (!customers.some(({ removedAt, retiredAt }) => removedAt !== null && retiredAt === null)) return null;
  const { currentExportId = null } = (await findIntegration(table, partnerId)) ?? {};
  if (currentExportId === null) return null;
  return (await findExport(table, partnerId, currentExportId))?.createdAt ?? null;
};
