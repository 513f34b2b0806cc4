import { type OpenWord, readableOf } from "../../stored.ts";
import { retryOnConflict, store, type Table } from "../../table/table.ts";
import {
  type Breaker,
  breakerProbes,
  breakerWrite,
  closed,
  findBreaker,
  fromBreakerItem,
  type Trouble,
  vendorBreaker,
} from "./breaker.ts";

/** An open breaker as an operator sees it. */
export interface OpenBreaker {
  key: string;
  trouble: OpenWord<Trouble>;
  since: string;
  probeAt: string | null;
}

const pageSize = 100;
// every open breaker has its next probe before that
const endOfTime = "9999-12-31T23:59:59.999Z";

const toOpen = ({ key, trouble, changedAt, probeAt }: Breaker): OpenBreaker[] =>
  trouble === null ? [] : [{ key, trouble, since: changedAt, probeAt }];

/**
 * Every open breaker: the one that is in everybody's way, then the one that is probed next. Of partners' a hundred at
 * most.
 */
export const listBreakers = async (table: Pick<Table, "get" | "due" | "getMany">): Promise<OpenBreaker[]> => {
  // by its key: while it is open, partners' probes stay where they were, and may be the first hundred
  const vendor = await findBreaker(table, vendorBreaker);
  const { keys } = await table.due({ kind: breakerProbes, until: endOfTime, limit: pageSize });
  const rows = keys.length === 0 ? [] : await table.getMany(keys.map(({ pk, sk }) => ({ pk, sk })));
  const partners = readableOf(rows, fromBreakerItem)
    .filter(({ key }) => key !== vendorBreaker)
    .flatMap(toOpen)
    .toSorted((a, b) => ((a.probeAt ?? "") < (b.probeAt ?? "") ? -1 : 1));
  return [...toOpen(vendor), ...partners];
};

/**
 * Closes a breaker for an operator. It suspends nobody and asks nobody; what Gradient refused before does not open it
 * again, and whoever waits is freed by the job. `not-open` where nothing stood in the way.
 */
export const closeBreaker = (
  table: Pick<Table, "get" | "put">,
  key: string,
  now: number,
): Promise<"closed" | "not-open"> =>
  retryOnConflict(async () => {
    const before = await findBreaker(table, key);
    if (before.trouble === null) return "not-open";
    await store(table, breakerWrite({ ...closed(before, now), ladder: null, forbidden: [], falseAlarms: [] }));
    return "closed";
  });
