import { type Customer, isBilled } from "#shared/customers/customer";
import type { AccountChange, GradientAccount } from "#shared/gradient/gradient-api";
import { hasToMap, type Integration } from "#shared/integrations/integration";
import { dayMs } from "#shared/schedules/zoned-time";
import { holdsUnits, type LedgerEntry } from "#shared/usage/ledger";

export interface AccountChanges {
  /** Customers without an account. */
  missing: Customer[];
  /** Of these, whom Gradient has not refused a short while ago. */
  create: Customer[];
  /** Of these, those that Gradient has had, listed or not: its word that one exists is true. */
  wereThere: Set<string>;
  /**
   * Of the missing, those that had one when it was listed last: what was accepted on it proves nothing of the one that
   * is created now. Once for each loss.
   */
  gone: Customer[];
  areAllGone: boolean;
  /** Gradient has had an account of some customer. */
  hadAny: boolean;
  /** Every account that the partner ever had is gone, those of customers that are not billed too. */
  isAllGone: boolean;
  change: AccountChange[];
  /** Gradient has refused it a short while ago. */
  isPutOff: (customer: Customer) => boolean;
  /** Customers with these ids were refused, under the names that they have. */
  refusedBefore: Set<string>;
  rename: Customer[];
  /** Removed customers that Gradient bills no more: the changes of their accounts are in `change`. */
  retire: Customer[];
  /** Of the removed, some may still be counted by the run under way, which has planned its lines before. */
  retiresLater: boolean;
  /** Customers that came back after their account was retired; some have to be created before. */
  revive: Customer[];
  /** Removed customers whose zeros Gradient has answered with a 404, and when last. */
  zerosMissed: Map<string, string>;
}

// a mapping that is taken away does not come back for a customer that is gone
const maxDaysMissed = 3;

interface Listing {
  /** When the token was registered, or the connection. */
  registeredAt: string;
  /** On this connection an account was listed before, or a count accepted. */
  wasListed: boolean;
  at: string;
}

/** Gradient has refused it under the name that it has; what another organization has refused says nothing here. */
const isRefusedAsItIs = ({ name, refusal }: Customer, registeredAt: string): boolean =>
  refusal?.name === name && refusal.at >= registeredAt;

/** What it has refused is not sent again at once, unless the hub has changed the name. */
const isPutOff = (customer: Customer, { registeredAt, at }: Listing): boolean =>
  isRefusedAsItIs(customer, registeredAt) && Date.parse(customer.refusal?.at ?? at) + dayMs > Date.parse(at);

/**
 * Gradient has taken it, and its list has not told of any account yet: it may tell late, or of mapped ones only. Or
 * Gradient has said that it is there, unlisted as it is. A day later it is created again.
 */
const isUnheardOf = (customer: Customer, { registeredAt, wasListed, at }: Listing): boolean => {
  const { accountSince = null, unlistedSince = null } = customer;
  if (accountSince === null || (unlistedSince === null ? wasListed : accountSince < unlistedSince)) return false;
  return accountSince >= registeredAt && Date.parse(accountSince) + dayMs > Date.parse(at);
};

// A call that removes thousands dates them all when it begins, and may take as long; by another machine's clock.
const removalMs = 30_000;

/** A run that began before the removal may send a count that nobody knows of yet. One that begins later sends none. */
const isPlannedBefore = (runSince: string | null, removedAt: string | null): boolean =>
  runSince !== null && Date.parse(removedAt ?? runSince) + removalMs > Date.parse(runSince);

/** Gradient shows another name than the hub has, and not only because it has made it of the hub's. */
const isMisnamed = ({ name, renamed }: Customer, { name: shown }: GradientAccount): boolean =>
  shown !== name && !(renamed?.to === name && (renamed.shownAs ?? shown) === shown);

/** When Gradient last answered all of the customer's zeros with a 404; undefined where it did not. */
const missedAt = (held: LedgerEntry[]): string | undefined =>
  held.every(({ last }) => last.outcome === "unmapped")
    ? held
        .map(({ last }) => last.at)
        .sort()
        .at(-1)
    : undefined;

/** On how many different days the zeros were answered with a 404, with what is known now. */
export const missedDays = (before: Customer["zerosMissed"], at: string): NonNullable<Customer["zerosMissed"]> => {
  const on = at.slice(0, 10);
  return before?.on === on ? before : { days: (before?.days ?? 0) + 1, on };
};

/** One change for each account. */
const byId = (changes: AccountChange[]): AccountChange[] =>
  [...Map.groupBy(changes, ({ id }) => id).values()].map((its) => Object.assign({}, ...its));

/** Whether Gradient has had an account of a customer, by all that is known of it. */
export const hadAccount = (ledger: LedgerEntry[], proofGen: number): ((customer: Customer) => boolean) => {
  // below the floor of proof, the account that it was accepted on has been noted as gone already
  const isProof = ({ accepted }: LedgerEntry): boolean => accepted !== null && accepted.gen >= proofGen;
  const wereAccepted = new Set(ledger.filter(isProof).map(({ customerId }) => customerId));
  // rows that are older than `accountSince` tell by what Gradient has said, or taken, of them
  return ({ id, accountSince, isMapped }) => Boolean(accountSince) || isMapped !== null || wereAccepted.has(id);
};

interface Standing {
  integration: Integration;
  /** So many customers are not among these, so nobody knows that everything is gone. */
  unreadable: number;
  /** When Gradient was asked for the list. */
  at: string;
  /** When the run under way began; null: there is none. */
  runSince: string | null;
}

/**
 * What Gradient lacks of the partner's customers. Accounts are matched by the hub's id alone; a name is only shown.
 */
export const accountChanges = (
  customers: Customer[],
  accounts: Map<string, GradientAccount>,
  ledger: LedgerEntry[],
  { integration, unreadable, at, runSince }: Standing,
): AccountChanges => {
  const { proofGen, token, looks } = integration;
  const wasListed = looks.isTelling !== null || ledger.some(({ accepted }) => accepted !== null);
  const listing = { registeredAt: token?.registeredAt ?? "", wasListed, at };
  // then a 404 says nothing, for nothing may be mapped yet
  const isMapping = hasToMap(integration);
  const stillCounted = Map.groupBy(ledger.filter(holdsUnits), ({ customerId }) => customerId);
  const billed = customers.filter(isBilled);
  const missing = billed.filter(({ id }) => !accounts.has(id));
  const rename = billed.filter((customer) => {
    const account = accounts.get(customer.id);
    return account !== undefined && isMisnamed(customer, account) && !isPutOff(customer, listing);
  });
  const mayBeRetired = ({ retiredAt, isRetiring }: Customer): boolean => retiredAt !== null || isRetiring === true;
  const isKnownThere = hadAccount(ledger, proofGen);
  const isNoted = ({ unlistedSince = null }: Customer): boolean => unlistedSince !== null;
  // one that was retired, and is not listed since, is not gone: all that was accepted on it are zeros
  const gone = missing.filter(
    (customer) =>
      isKnownThere(customer) && !mayBeRetired(customer) && !isNoted(customer) && !isUnheardOf(customer, listing),
  );
  const areSomeGone = gone.length > 0;
  const create = missing.filter((customer) => !isPutOff(customer, listing) && !isUnheardOf(customer, listing));
  // a list may hide those that are retired
  const revive = [...billed.filter(({ id }) => accounts.has(id)), ...create].filter(mayBeRetired);
  const leaving = customers.filter(({ removedAt, retiredAt }) => removedAt !== null && retiredAt === null);
  const zerosMissed = new Map<string, string>();
  for (const { id } of leaving) {
    const missed = isMapping ? undefined : missedAt(stillCounted.get(id) ?? []);
    if (missed !== undefined) zerosMissed.set(id, missed);
  }
  const mayBeCounted = ({ removedAt }: Customer): boolean => isPlannedBefore(runSince, removedAt);
  const retire = leaving.filter((customer) => {
    if (isPutOff(customer, listing) || mayBeCounted(customer)) return false;
    const missed = zerosMissed.get(customer.id);
    if (missed !== undefined) return missedDays(customer.zerosMissed, missed).days >= maxDaysMissed;
    return !stillCounted.has(customer.id);
  });
  return {
    missing,
    create,
    wereThere: new Set(create.filter((one) => isKnownThere(one) || mayBeRetired(one)).map(({ id }) => id)),
    gone,
    hadAny: customers.some(isKnownThere),
    areAllGone: areSomeGone && unreadable === 0 && missing.length === billed.length,
    // a list that never told of any says nothing by telling of none
    isAllGone: wasListed && areSomeGone && unreadable === 0 && !customers.some(({ id }) => accounts.has(id)),
    change: byId([
      ...rename.map(({ id, name }) => ({ id, name })),
      ...revive.map(({ id }) => ({ id, isActive: true })),
      ...retire.filter(({ id }) => accounts.has(id)).map(({ id }) => ({ id, isActive: false })),
    ]),
    isPutOff: (customer) => isPutOff(customer, listing),
    refusedBefore: new Set(customers.filter((one) => isRefusedAsItIs(one, listing.registeredAt)).map(({ id }) => id)),
    rename,
    retire,
    retiresLater: leaving.some(mayBeCounted),
    revive,
    zerosMissed,
  };
};
