import { accountSyncWrites } from "#shared/customers/account-sync";
import {
  type Customer,
  type CustomerRecord,
  customerKey,
  customerWrite,
  fromCustomerItem,
} from "#shared/customers/customer";
import { knownPartner } from "#shared/partners/known-partner";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write } from "#shared/table/table";

export interface CustomerBatch {
  partnerId: string;
  customers: CustomerRecord[];
}

// a transaction holds 100 writes, and the last one has the task among them
const customersPerTransaction = 99;

const never = { removedAt: null, retiredAt: null, isMapped: null, version: 0 };

const isSame = (stored: Customer, record: CustomerRecord): boolean =>
  stored.name === record.name && stored.billing === record.billing && stored.removedAt === null;

/**
 * Stores customers as the feed describes them; a customer that was removed comes back. Of two records with one id, the
 * later in the batch wins, as if they had come in two batches. What is stored already is not written again.
 *
 * The task that brings the changes to Gradient is part of the last transaction, so it cannot run before everything is
 * written. A crash before it leaves something unwritten: the caller's repeat finds that, and owes the task.
 */
export const recordCustomers = (dependencies: Changing<"get" | "getMany" | "transact">) => {
  const { table, now } = dependencies;
  const syncWrites = accountSyncWrites(dependencies);

  const changesIn = async ({ partnerId, customers }: CustomerBatch): Promise<Write[]> => {
    const wanted = new Map(customers.map((record) => [record.id, record]));
    const rows = await table.getMany([...wanted.keys()].map((id) => customerKey(partnerId, id)));
    const stored = new Map(rows.map(fromCustomerItem).map((customer) => [customer.id, customer]));
    const updatedAt = now().toISOString();
    return [...wanted.values()].flatMap((record) => {
      const before = stored.get(record.id);
      if (before && isSame(before, record)) return [];
      return [customerWrite({ ...(before ?? never), ...record, partnerId, removedAt: null, updatedAt })];
    });
  };

  return async (batch: CustomerBatch): Promise<void> => {
    await knownPartner(table, batch.partnerId);
    // some changes of this call are written without their task
    let isTaskDue = false;
    await retryOnConflict(async () => {
      const changes = await changesIn(batch);
      if (changes.length === 0 && !isTaskDue) return;
      while (changes.length > customersPerTransaction) {
        await table.transact(changes.splice(0, customersPerTransaction));
        isTaskDue = true;
      }
      await table.transact([...changes, ...(await syncWrites(batch.partnerId))]);
    });
  };
};
