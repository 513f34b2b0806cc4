import { accountSyncWrites } from "#shared/customers/account-sync";
import { type Customer, type CustomerRecord, customerWrite, isBilled } from "#shared/customers/customer";
import { type CustomerChange, tallyWrites } from "#shared/customers/customer-tally";
import { readNamedCustomers } from "#shared/customers/named-customers";
import { knownPartner } from "#shared/partners/known-partner";
import type { Changing } from "#shared/table/changing";
import { type PauseAfter, retryOnConflict, type Write } from "#shared/table/table";

export interface CustomerBatch {
  partnerId: string;
  customers: CustomerRecord[];
}

// a transaction holds 100 writes; each has the tally's row among them, the last one the partner's record and the task
const customersPerTransaction = 97;

const never = { removedAt: null, retiredAt: null, isMapped: null, version: 0 };

/** It has been counted all along, and is to be billed from now on; not so one that a person has left out. */
const becomesBilled = (before: Customer | undefined, { billing }: CustomerRecord): boolean =>
  before !== undefined && before.removedAt === null && !isBilled(before) && isBilled({ ...before, billing });

const endsBilling = (before: Customer | undefined, record: CustomerRecord): boolean =>
  before !== undefined && isBilled(before) && record.billing !== "billed";

interface Change extends CustomerChange {
  write: Write;
  isWanted: boolean;
  endsBilling: boolean;
}

interface Dependencies extends Changing<"get" | "getMany" | "transact"> {
  /** Batches that come at once write one row, the partner's. */
  pauseAfter?: PauseAfter;
}

const isSame = (stored: Customer, record: CustomerRecord): boolean =>
  stored.name === record.name && stored.billing === record.billing && stored.removedAt === null;

/**
 * Stores customers as the feed describes them; a customer that was removed comes back. Of two records with one id, the
 * later in the batch wins, as if they had come in two batches. What is stored already is not written again. Answers the
 * ids of those whose rows cannot be read: theirs stay as they are.
 *
 * The task that brings the changes to Gradient is part of the last transaction, so it cannot run before everything is
 * written. A crash before it leaves something unwritten: the caller's repeat finds that, and owes the task.
 */
export const recordCustomers = (dependencies: Dependencies) => {
  const { table, now, pauseAfter } = dependencies;
  const syncWrites = accountSyncWrites(dependencies);

  const changesIn = async ({ partnerId, customers }: CustomerBatch) => {
    const wanted = new Map(customers.map((record) => [record.id, record]));
    const stored = await readNamedCustomers(table, partnerId, wanted.keys());
    const updatedAt = now().toISOString();
    const changes = [...wanted.values()].flatMap((record): Change[] => {
      const before = stored.customers.get(record.id);
      if (stored.unreadable.has(record.id) || (before && isSame(before, record))) return [];
      // also of a removal that did not note it, by a former version
      const left = before && before.removedAt !== null ? { leftAt: before.removedAt } : {};
      const after = { ...(before ?? never), ...record, partnerId, removedAt: null, ...left, updatedAt };
      const turns = { isWanted: becomesBilled(before, record), endsBilling: endsBilling(before, record) };
      return [{ before, after, write: customerWrite(after), ...turns }];
    });
    return { changes, unreadable: stored.unreadable };
  };

  return async (batch: CustomerBatch): Promise<ReadonlySet<string>> => {
    await knownPartner(table, batch.partnerId);
    // some changes of this call are written without their task
    let isTaskDue = false;
    return retryOnConflict(async () => {
      const { changes, unreadable } = await changesIn(batch);
      if (changes.length === 0 && !isTaskDue) return unreadable;
      for (let isLast = false; !isLast; isTaskDue = true) {
        const part = changes.splice(0, customersPerTransaction);
        isLast = changes.length === 0;
        const turns = {
          isWanted: part.some((change) => change.isWanted),
          endsBilling: part.some((change) => change.endsBilling),
        };
        const isTold = isLast || turns.isWanted || turns.endsBilling;
        const more = isTold ? await syncWrites(batch.partnerId, turns) : [];
        const tally = await tallyWrites(table, batch.partnerId, part);
        await table.transact([...part.map(({ write }) => write), ...tally, ...more]);
      }
      return unreadable;
    }, pauseAfter);
  };
};
