import type { LastAccepted } from "#shared/customers/coverage";
import { type Customer, customerWrite, findCustomer } from "#shared/customers/customer";
import type { GradientAccount } from "#shared/gradient/gradient-api";
import { inParallel } from "#shared/in-parallel";
import { isConflict, retryOnConflict, store, type Table, written } from "#shared/table/table";
import { type AccountChanges, missedDays } from "./account-changes.ts";

// a partner may have 20,000, with one row each
const rowsAtOnce = 16;

type Rows = Pick<Table, "get" | "put">;

/** What a look may change of a customer, as a text; rows may be older than a field. */
const contentOf = (one: Customer): string => {
  const { isMapped, retiredAt, accountSince, unlistedSince, mappedAt, refusal, renamed, zerosMissed, isRetiring } = one;
  const later = [accountSince, unlistedSince, mappedAt, refusal, renamed, zerosMissed].map((value) => value ?? null);
  return JSON.stringify([isMapped, retiredAt, isRetiring ?? false, ...later]);
};
const isSame = (a: Customer, b: Customer): boolean => contentOf(a) === contentOf(b);

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

/**
 * Before the calls that create, rename or retire accounts: should nobody hear how these ended, a name is not taken for
 * what Gradient has made of another, and an account may be retired. A loss is noted after the partner's record says
 * that accounts are being created again: should nobody hear of that, whoever comes next finishes it.
 */
export const noteIntentions = async (
  table: Rows,
  customers: Customer[],
  { gone, rename, retire }: Pick<AccountChanges, "gone" | "rename" | "retire">,
  at: string,
) => {
  const idsOf = (some: Customer[]) => new Set(some.map(({ id }) => id));
  const [lost, renaming, retiring] = [idsOf(gone), idsOf(rename), idsOf(retire)];
  return amend(table, customers, (customer) => ({
    ...customer,
    unlistedSince: lost.has(customer.id) ? at : customer.unlistedSince,
    renamed: renaming.has(customer.id) ? null : customer.renamed,
    isRetiring: retiring.has(customer.id) || customer.isRetiring,
  }));
};

interface Noted {
  customers: Customer[];
  /** As they were before the missing ones were created. */
  accounts: Map<string, GradientAccount>;
  created: Set<string>;
  /** Of these, those that were there already, by Gradient's word. */
  existed: Set<string>;
  notCreated: Set<string>;
  /** Gradient's words, by id. */
  refused: Map<string, string>;
  /** The names that went out, or would have: the feed may have given others since. */
  sentAs: Map<string, string>;
  /** What was put off for an earlier refusal: that one stands. */
  isPutOff: (customer: Customer) => boolean;
  renamed: Set<string>;
  /** When the zeros of customers that are gone were answered with a 404. */
  zerosMissed: Map<string, string>;
  /** What is mapped by all that is known now. */
  isMappedNow: (customer: Customer) => boolean;
  /** When Gradient was asked the time before. */
  toldBeforeAt: string | null;
  lastAccepted: LastAccepted["accounts"];
  retired: Set<string>;
  revived: Set<string>;
  at: string;
}

/** What a look has shown of each customer. A look that shows nothing new writes nothing. */
export const noteCustomers = async (table: Rows, noted: Noted): Promise<void> => {
  const { customers, accounts, created, notCreated, refused, isPutOff, renamed, zerosMissed, retired, revived, at } =
    noted;
  const mappedAt = (customer: Customer): string | null => {
    const before = customer.mappedAt ?? noted.lastAccepted.get(customer.id) ?? null;
    if (noted.isMappedNow(customer)) return before ?? at;
    const wasTold = customer.isMapped === true && accounts.get(customer.id)?.isMapped !== true;
    return wasTold ? (noted.toldBeforeAt ?? before) : before;
  };
  const nameSent = ({ id, name }: Customer): string => noted.sentAs.get(id) ?? name;
  const refusalOf = (customer: Customer): Customer["refusal"] => {
    const words = refused.get(customer.id);
    if (words !== undefined) return { name: nameSent(customer), words, at };
    return isPutOff(customer) ? customer.refusal : null;
  };
  const renamedTo = (customer: Customer, account: GradientAccount | undefined) => {
    const { id, renamed: before } = customer;
    if (renamed.has(id)) return { to: nameSent(customer), shownAs: null };
    return before && before.shownAs === null && account ? { ...before, shownAs: account.name } : before;
  };
  const missed = ({ id, zerosMissed: before }: Customer) => {
    const last = zerosMissed.get(id);
    return last === undefined ? null : missedDays(before, last);
  };
  await amend(table, customers, (customer) => {
    const { id, accountSince = null, unlistedSince = null, retiredAt, removedAt } = customer;
    const account = accounts.get(id);
    const isRetired = retired.has(id) && removedAt !== null;
    const since = account || created.has(id) ? (accountSince ?? at) : accountSince;
    return {
      ...customer,
      isMapped: account?.isMapped ?? null,
      mappedAt: mappedAt(customer),
      accountSince: notCreated.has(id) ? null : noted.existed.has(id) ? at : since,
      // one that was retired has not gone for being unlisted
      unlistedSince: account ? null : (unlistedSince ?? (revived.has(id) ? at : null)),
      refusal: refusalOf(customer),
      renamed: renamedTo(customer, account),
      zerosMissed: removedAt === null ? null : missed(customer),
      isRetiring: isRetired || revived.has(id) ? false : customer.isRetiring,
      retiredAt: revived.has(id) ? null : isRetired ? (retiredAt ?? at) : retiredAt,
    };
  });
};
