import { type Customer, isBilled } from "#shared/customers/customer";
import type { AccountChange, GradientAccount } from "#shared/gradient/gradient-api";
import { holdsUnits, type LedgerEntry } from "#shared/usage/ledger";

export interface AccountChanges {
  /** Customers without an account. */
  missing: Customer[];
  /** Of these, some had one: what was accepted on it proves nothing of the one that is created now. */
  areSomeGone: boolean;
  areAllGone: boolean;
  change: AccountChange[];
  /** Removed customers whose zeros have arrived: the changes of their accounts are in `change`. */
  retire: Customer[];
  /** Customers that came back after their account was retired. */
  revive: Customer[];
}

/** What Gradient lacks of the partner's customers. Accounts are matched by the hub's id alone; a name is only shown. */
export const accountChanges = (
  customers: Customer[],
  accounts: Map<string, GradientAccount>,
  ledger: LedgerEntry[],
): AccountChanges => {
  const stillCounted = new Set(ledger.filter(holdsUnits).map(({ customerId }) => customerId));
  const wereAccepted = new Set(ledger.flatMap(({ customerId, accepted }) => (accepted === null ? [] : [customerId])));
  const billed = customers.filter(isBilled);
  const missing = billed.filter(({ id }) => !accounts.has(id));
  const rename = billed.filter(({ id, name }) => accounts.has(id) && accounts.get(id)?.name !== name);
  // rows that are older than `accountSince` tell by what Gradient has said, or taken, of them
  const areSomeGone = missing.some(
    ({ id, accountSince, isMapped }) => Boolean(accountSince) || isMapped !== null || wereAccepted.has(id),
  );
  const revive = billed.filter(({ id, retiredAt }) => retiredAt !== null && accounts.has(id));
  const retire = customers.filter(
    ({ id, removedAt, retiredAt }) => removedAt !== null && retiredAt === null && !stillCounted.has(id),
  );
  return {
    missing,
    areSomeGone,
    areAllGone: areSomeGone && missing.length === billed.length,
    change: [
      ...rename.map(({ id, name }) => ({ id, name })),
      ...revive.map(({ id }) => ({ id, isActive: true })),
      ...retire.filter(({ id }) => accounts.has(id)).map(({ id }) => ({ id, isActive: false })),
    ],
    retire,
    revive,
  };
};
