import { type Customer, customerWrite, findCustomer } from "#shared/customers/customer";
import type { GradientAccount } from "#shared/gradient/gradient-api";
import { inParallel } from "#shared/in-parallel";
import { isConflict, retryOnConflict, store, type Table, written } from "#shared/table/table";

// a partner may have 20,000, with one row each
const rowsAtOnce = 16;

type Rows = Pick<Table, "get" | "put">;

const isSame = (a: Customer, b: Customer): boolean =>
  a.isMapped === b.isMapped && a.retiredAt === b.retiredAt && (a.accountSince ?? null) === (b.accountSince ?? null);

/**
 * Writes those customers that the change makes others, and answers all as they are then. What somebody else has changed
 * is read again.
 */
const amend = async (table: Rows, customers: Customer[], change: (one: Customer) => Customer): Promise<Customer[]> => {
  const changed = new Map<string, Customer>();
  const write = async (before: Customer): Promise<void> => {
    const after = change(before);
    if (isSame(after, before)) return;
    await store(table, customerWrite(after));
    changed.set(after.id, written(after));
  };
  const again = ({ partnerId, id }: Customer) =>
    retryOnConflict(async () => {
      const current = await findCustomer(table, partnerId, id);
      if (!current) return;
      changed.set(id, current);
      await write(current);
    });
  await inParallel(rowsAtOnce, customers, async (customer) => {
    try {
      await write(customer);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await again(customer);
    }
  });
  return customers.map((customer) => changed.get(customer.id) ?? customer);
};

/** Before the calls that create their accounts: should nobody hear how these ended, missing accounts count as lost. */
export const noteCreation = async (table: Rows, customers: Customer[], missing: Customer[], at: string) => {
  const isMissing = new Set(missing.map(({ id }) => id));
  return amend(table, customers, (customer) =>
    isMissing.has(customer.id) ? { ...customer, accountSince: customer.accountSince ?? at } : customer,
  );
};

interface Noted {
  customers: Customer[];
  /** As they were before the missing ones were created. */
  accounts: Map<string, GradientAccount>;
  notCreated: Set<string>;
  retired: Set<string>;
  revived: Set<string>;
  at: string;
}

/** What a look has shown of each customer. A look that shows nothing new writes nothing. */
export const noteCustomers = async (
  table: Rows,
  { customers, accounts, notCreated, retired, revived, at }: Noted,
): Promise<void> => {
  await amend(table, customers, (customer) => {
    const { id, accountSince = null, retiredAt, removedAt } = customer;
    const account = accounts.get(id);
    const isRetired = retired.has(id) && removedAt !== null;
    const since = account ? (accountSince ?? at) : accountSince;
    return {
      ...customer,
      isMapped: account?.isMapped ?? null,
      accountSince: notCreated.has(id) ? null : since,
      retiredAt: revived.has(id) ? null : isRetired ? (retiredAt ?? at) : retiredAt,
    };
  });
};
