import { findCustomer } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import type { Actor } from "#shared/events/event";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { type ExportMode, exportIdAt, type UsageExport } from "#shared/exports/usage-export";
import type { Changing } from "#shared/table/changing";

export interface SendUsage {
  partnerId: string;
  by: Actor;
  mode: ExportMode;
  customerIds?: string[] | undefined;
  retryOf?: string | undefined;
}

/** *Send usage*: a run that a person asked for, for all customers or for some, or for what an earlier run left over. */
export const startExport = (dependencies: Changing) => {
  const { table, now, newId } = dependencies;
  const start = startUsageExport(dependencies);

  const checkCustomers = async (partnerId: string, customerIds: string[]): Promise<void> => {
    const found = await Promise.all(customerIds.map((id) => findCustomer(table, partnerId, id)));
    const errors = found.flatMap((customer, index) =>
      customer ? [] : [{ path: `customerIds.${index}`, message: "There is no such customer." }],
    );
    if (errors.length === 0) return;
    throw new AppError("not-found", "customer.unknown", "Some of the customers do not exist.", { errors });
  };

  return async ({ partnerId, by, mode, customerIds, retryOf }: SendUsage): Promise<UsageExport> => {
    if (customerIds) await checkCustomers(partnerId, customerIds);
    const id = exportIdAt(now(), newId().slice(0, 8));
    const narrowed = { ...(customerIds ? { customerIds } : {}), ...(retryOf === undefined ? {} : { retryOf }) };
    return start({ partnerId, id, trigger: "manual", mode, by, ...narrowed });
  };
};
