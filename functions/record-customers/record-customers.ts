import { accountSyncWrites } from "#shared/customers/account-sync";
import {
  type Customer,
  type CustomerRecord,
  customerKey,
  customerWrite,
  fromCustomerItem,
  isBilled,
} from "#shared/customers/customer";
import { type CustomerChange, tallyWrites } from "#shared/customers/customer-tally";
import { knownPartner } from "#shared/partners/known-partner";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write } from "#shared/table/table";

export interface CustomerBatch {
  partnerId: string;
  customers: CustomerRecord[];
}

// a transaction holds 100 writes; each has the tally's row among them, the last one the partner's record and the task
const customersPerTransaction = 97;

const never = { removedAt: null, retiredAt: null, isMapped: null, version: 0 };

/** It has been counted all along, and is to be billed from now on. */
const becomesBilled = (before: Customer | undefined, record: CustomerRecord): boolean =>
  before !== undefined && before.removedAt === null && !isBilled(before) && record.billing === "billed";

interface Change extends CustomerChange {
  write: Write;
  isWanted: boolean;
}

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

  const changesIn = async ({ partnerId, customers }: CustomerBatch): Promise<Change[]> => {
    const wanted = new Map(customers.map((record) => [record.id, record]));
    const rows = await table.getMany([...wanted.keys()].map((id) => customerKey(partnerId, id)));
    const stored = new Map(rows.map(fromCustomerItem).map((customer) => [customer.id, customer]));
    const updatedAt = now().toISOString();
    return [...wanted.values()].flatMap((record) => {
      const before = stored.get(record.id);
      if (before && isSame(before, record)) return [];
      const after = { ...(before ?? never), ...record, partnerId, removedAt: null, updatedAt };
      return [{ before, after, write: customerWrite(after), isWanted: becomesBilled(before, record) }];
    });
  };

  return async (batch: CustomerBatch): Promise<void> => {
    await knownPartner(table, batch.partnerId);
    // some changes of this call are written without their task
    let isTaskDue = false;
    await retryOnConflict(async () => {
      const changes = await changesIn(batch);
      if (changes.length === 0 && !isTaskDue) return;
      for (let isLast = false; !isLast; isTaskDue = true) {
        const part = changes.splice(0, customersPerTransaction);
        isLast = changes.length === 0;
        const isWanted = part.some((change) => change.isWanted);
        const more = isLast || isWanted ? await syncWrites(batch.partnerId, { isWanted }) : [];
        const tally = await tallyWrites(table, batch.partnerId, part);
        await table.transact([...part.map(({ write }) => write), ...tally, ...more]);
      }
    });
  };
};
