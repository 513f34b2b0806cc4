import { accountSyncWrites } from "#shared/customers/account-sync";
import { customerWrite, findCustomer } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import { knownPartner } from "#shared/partners/known-partner";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";
import { usageKey } from "#shared/usage/usage";

export interface Removal {
  partnerId: string;
  customerId: string;
}

/**
 * Notes that a customer is gone. Its record stays: the next export sends zeros for it, and its account is retired once
 * the zeros have arrived. Removing it again changes nothing.
 */
export const removeCustomer = (dependencies: Changing<"get" | "transact">) => {
  const { table, now } = dependencies;
  const syncWrites = accountSyncWrites(dependencies);

  return async ({ partnerId, customerId }: Removal): Promise<void> => {
    await knownPartner(table, partnerId);
    await retryOnConflict(async () => {
      const customer = await findCustomer(table, partnerId, customerId);
      if (!customer) throw new AppError("not-found", "customer.unknown", "There is no such customer.");
      if (customer.removedAt !== null) return;
      const at = now().toISOString();
      const removed = customerWrite({ ...customer, removedAt: at, updatedAt: at });
      // should it come back, it starts without the counts that it left with
      const counts = { delete: usageKey(partnerId, customerId) };
      await table.transact([removed, counts, ...(await syncWrites(partnerId))]);
    });
  };
};
