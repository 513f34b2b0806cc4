import { accountSyncWrites } from "#shared/customers/account-sync";
import { type Customer, customerKey, customerWrite, isBilled } from "#shared/customers/customer";
import { tallyWrites } from "#shared/customers/customer-tally";
import { readNamedCustomers } from "#shared/customers/named-customers";
import { AppError, UnreadableRecord } from "#shared/errors";
import { knownPartner } from "#shared/partners/known-partner";
import type { Changing } from "#shared/table/changing";
import { type PauseAfter, retryOnConflict, type Write } from "#shared/table/table";
import { usageKey } from "#shared/usage/usage";

export interface Removals {
  partnerId: string;
  customerIds: string[];
}

interface Dependencies extends Changing<"get" | "getMany" | "transact"> {
  /** Batches that come at once write one row, the partner's. */
  pauseAfter?: PauseAfter;
}

// two writes each; a transaction holds 100, and has the tally's row among them, the partner's record and the task, too
const customersPerTransaction = 48;

/**
 * Notes that customers are gone. Their records stay: the next export sends zeros for them, and their accounts are
 * retired once the zeros have arrived. Removing one again changes nothing. Answers the ids that nobody knows,
 * and those whose rows cannot be read: they stay.
 *
 * The task that brings the changes to Gradient is part of the last transaction at least: what one of before does not
 * see, that one does. A crash before it leaves somebody who is still there: the caller's repeat finds that.
 */
export const removeCustomers = (dependencies: Dependencies) => {
  const { table, now, pauseAfter } = dependencies;
  const syncWrites = accountSyncWrites(dependencies);

  const changeOf = (before: Customer, at: string) => {
    const after = { ...before, removedAt: at, leftAt: at, updatedAt: at };
    // should it come back, it starts without the counts that it left with
    const writes: Write[] = [customerWrite(after), { delete: usageKey(before.partnerId, before.id) }];
    return { before, after, writes };
  };

  return async (removals: Removals) => {
    await knownPartner(table, removals.partnerId);
    // some customers of this call are removed without their task
    let isTaskDue = false;
    return retryOnConflict(async () => {
      const { customers, unreadable } = await readNamedCustomers(table, removals.partnerId, removals.customerIds);
      const present = [...customers.values()].filter(({ removedAt }) => removedAt === null);
      const at = now().toISOString();
      const isUnknown = (id: string) => !customers.has(id) && !unreadable.has(id);
      const left = { unknown: new Set(removals.customerIds.filter(isUnknown)), unreadable };
      if (present.length === 0 && !isTaskDue) return left;
      for (let isLast = false; !isLast; isTaskDue = true) {
        const part = present.splice(0, customersPerTransaction).map((customer) => changeOf(customer, at));
        isLast = present.length === 0;
        const endsBilling = part.some(({ before }) => isBilled(before));
        const more = isLast || endsBilling ? await syncWrites(removals.partnerId, { endsBilling }) : [];
        const tally = await tallyWrites(table, removals.partnerId, part);
        await table.transact([...part.flatMap(({ writes }) => writes), ...tally, ...more]);
      }
      return left;
    }, pauseAfter);
  };
};

/** Notes that one customer is gone. Throws `customer.unknown` where there is none, and `UnreadableRecord`. */
export const removeCustomer = (dependencies: Dependencies) => {
  const remove = removeCustomers(dependencies);
  return async ({ partnerId, customerId }: { partnerId: string; customerId: string }): Promise<void> => {
    const { unknown, unreadable } = await remove({ partnerId, customerIds: [customerId] });
    if (unreadable.size > 0) throw new UnreadableRecord(customerKey(partnerId, customerId), []);
    if (unknown.size > 0)
      throw new AppError(
        "not-found",
        "customer.unknown",
        "There is no such customer: it was never told of. Look at the id.",
      );
  };
};
