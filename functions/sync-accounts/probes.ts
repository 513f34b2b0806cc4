import type { Customer } from "#shared/customers/customer";
import type { MappingEvidence } from "#shared/customers/mapped";
import { calledAt, holdsUnits, type LedgerEntry, lineKey } from "#shared/usage/ledger";
import type { CustomerUsage } from "#shared/usage/usage";

export interface Probe {
  customerId: string;
  serviceId: string;
}

interface Seen {
  /** Billed customers whose accounts Gradient has listed. */
  listed: Customer[];
  /** The same of those that are not billed, or not any more. */
  listedUnbilled: Customer[];
  leftOutServiceIds: ReadonlySet<string>;
  told: (customerId: string) => boolean | null;
  usage: Map<string, CustomerUsage>;
  entries: Map<string, LedgerEntry>;
  evidence: MappingEvidence;
  proofGen: number;
  /** Services that Gradient has. */
  readyServiceIds: Set<string>;
}

interface Bounds {
  /** Somebody waits for what this look finds. */
  isAwaited: boolean;
  /**
   * While the partner maps: in so many looks every account is tried. Undefined later, when only what was not mapped is
   * of interest.
   */
  sweepLooks: number | undefined;
  at: string;
}

interface Pair extends Probe {
  /**
   * When it was last known not to be mapped, by its own answer or by another that named one of its halves; "" for
   * never.
   */
  knownAt: string;
  rank: number;
}

// Told which accounts are mapped, a look only has to find a service that is; otherwise it has to find both.
const maxTold = 5;
const untold = { least: 5, most: 50 };
const maxAwaited = 200;
// what was tried just now is not tried again for whoever keeps asking, but as many as any look tries
const freshMs = 60_000;

const newest = (...moments: string[]): string => moments.toSorted().at(-1) ?? "";
const byKnown = (a: Pair, b: Pair): number => {
  if (a.knownAt !== b.knownAt) return a.knownAt < b.knownAt ? -1 : 1;
  return a.rank - b.rank;
};

/** The first of each, by `of`. */
const firstOfEach = (pairs: Pair[], of: (pair: Pair) => string): Pair[] => {
  const firsts = new Map<string, Pair>();
  for (const pair of pairs) if (!firsts.has(of(pair))) firsts.set(of(pair), pair);
  return [...firsts.values()];
};

/** Accounts of which Gradient's words have shown that only the service was missing. */
const halfProven = ({ entries, evidence }: Seen): Set<string> =>
  new Set(
    [...entries.values()].flatMap(({ customerId, last }) =>
      last.missing === "service" && last.at > evidence.account(customerId).missedAt ? [customerId] : [],
    ),
  );

/**
 * Of each customer, the services that a number is known for: its count, or zero where Gradient holds units that are not
 * billed any more.
 */
const numbersKnown = ({ listed, listedUnbilled, usage, entries, leftOutServiceIds }: Seen) => {
  const held = Map.groupBy([...entries.values()].filter(holdsUnits), ({ customerId }) => customerId);
  const zeros = ({ id }: Customer, isZero: (serviceId: string) => boolean): string[] =>
    (held.get(id) ?? []).map(({ serviceId }) => serviceId).filter(isZero);
  const isLeftOut = (serviceId: string) => leftOutServiceIds.has(serviceId);
  return [
    ...listed.map((customer) => ({
      id: customer.id,
      serviceIds: [...Object.keys(usage.get(customer.id)?.counts ?? {}), ...zeros(customer, isLeftOut)],
    })),
    ...listedUnbilled
      .map((customer) => ({ id: customer.id, serviceIds: zeros(customer, () => true) }))
      .filter(({ serviceIds }) => serviceIds.length > 0),
  ];
};
type Numbers = ReturnType<typeof numbersKnown>;

/** Every line that may be tried, with when it was known last. */
const pairsOf = (seen: Seen, candidates: Numbers, isTelling: boolean, isMapping: boolean): Pair[] => {
  const { told, entries, evidence, proofGen, readyServiceIds } = seen;
  const places = new Map([...readyServiceIds].map((id, place) => [id, place]));
  return candidates.flatMap(({ id: customerId, serviceIds }, place) => {
    const account = evidence.account(customerId);
    const isMissed = told(customerId) !== true && account.missedAt > account.acceptedAt;
    return serviceIds.flatMap((serviceId): Pair[] => {
      const entry = entries.get(lineKey({ customerId, serviceId }));
      const isAccepted = entry?.last.outcome === "accepted";
      // while the partner maps, what has shown a service mapped may have opened nothing: its worker has died
      const isProven =
        isTelling && !isMapping
          ? evidence.isServiceMapped(serviceId)
          : isAccepted && (entry.accepted?.gen ?? -1) >= proofGen;
      const at = places.get(serviceId);
      const isOfInterest = isMapping || entry?.last.outcome === "unmapped";
      if (isProven || !isOfInterest || at === undefined) return [];
      const service = evidence.service(serviceId);
      const knownAt = newest(
        // what was accepted on an account that is gone says nothing of the one there is now
        entry && !isAccepted ? calledAt(entry) : "",
        isMissed ? account.missedAt : "",
        service.missedAt > service.acceptedAt ? service.missedAt : "",
      );
      // each account begins with another service
      return [{ customerId, serviceId, knownAt, rank: (at + place) % places.size }];
    });
  });
};

/**
 * The counts that a look tries: true ones, so that one which is accepted does no harm. What was known longest ago comes
 * first, so that looks one after the other come to every pair. Where Gradient tells which accounts are mapped, there is
 * one for each service that is not known to be; elsewhere one for each of some accounts: a 404 that names one half
 * answers for all pairs with it.
 */
export const probesOf = (seen: Seen, { isAwaited, sweepLooks, at }: Bounds): Probe[] => {
  const { listed, listedUnbilled, told, entries } = seen;
  const isTelling = [...listed, ...listedUnbilled].some(({ id }) => told(id) !== null);
  const numbers = numbersKnown(seen);
  const candidates = isTelling ? numbers.filter(({ id }) => told(id) === true) : numbers;
  const pairs = pairsOf(seen, candidates, isTelling, sweepLooks !== undefined);

  const limit = (): number => {
    if (isAwaited) return maxAwaited;
    if (isTelling) return maxTold;
    if (sweepLooks === undefined) return 0;
    const hasWords = [...entries.values()].some(({ last }) => last.missing !== undefined);
    const tries = hasWords ? candidates.length + seen.readyServiceIds.size : pairs.length;
    return Math.min(untold.most, Math.max(untold.least, Math.ceil(tries / sweepLooks)));
  };
  const fresh = new Date(Date.parse(at) - freshMs).toISOString();
  const proven = halfProven(seen);
  const others = ({ customerId, serviceId }: Pair): string =>
    isTelling ? serviceId : proven.has(customerId) ? lineKey({ customerId, serviceId }) : customerId;
  const isFresh = ({ knownAt }: Pair): boolean => isAwaited && knownAt >= fresh;
  // a partner that has just finished does not wait for the next minute because a look came a moment before it
  const tryable = isTelling ? pairs : pairs.filter((pair) => !isFresh(pair));
  const chosen = firstOfEach(tryable.sort(byKnown), others);
  const due = chosen.filter((pair) => !isFresh(pair)).slice(0, limit());
  const again = chosen.filter(isFresh).slice(0, maxTold);
  return [...due, ...again].map(({ customerId, serviceId }) => ({ customerId, serviceId }));
};
