import type { Line } from "#shared/exports/line";
import { calledAt, type LedgerEntry } from "#shared/usage/ledger";
import { isTroubled, troubledSince } from "#shared/usage/trouble";

// so many last calls tell whether Gradient takes what is of a service, or of a customer
const lastCalls = 8;

const newestFirst = (a: string, b: string): number => (a < b ? 1 : -Number(a > b));

/** Where a line is called again and again in vain, only the first time says anything of others. */
const toldAt = (entry: LedgerEntry): string => troubledSince(entry) ?? calledAt(entry);

type Key = "serviceId" | "customerId";

const once = <T>(find: (id: string) => T): ((id: string) => T) => {
  const known = new Map<string, T>();
  return (id) => {
    const found = known.get(id) ?? find(id);
    known.set(id, found);
    return found;
  };
};

/** The last calls of each service, or of each customer, by what is told of its lines, newest first. */
const callsOf = (told: LedgerEntry[], key: Key) => {
  const all = Map.groupBy(told, (entry) => entry[key]);
  const lastOf = (id: string, isTold: (entry: LedgerEntry) => boolean = () => true): LedgerEntry[] =>
    (all.get(id) ?? []).filter(isTold).slice(0, lastCalls);
  // of few calls less is known: one that is refused, of a customer that has no other, is not its customer's fault
  const troubleOf = once((id) => {
    const last = lastOf(id);
    return last.filter(isTroubled).length / (last.length + 1);
  });
  /** When one of its lines got into trouble last; empty where none is. */
  const newTroubleOf = once((id) => troubledSince(all.get(id)?.find(isTroubled)) ?? "");
  return { lastOf, troubleOf, newTroubleOf };
};
type Calls = ReturnType<typeof callsOf>;

/**
 * Whether Gradient has taken at least half of the last calls of a line's service, and of its customer's. Where more of
 * a customer's were in trouble than of the service's, or the other way round, they say nothing of the other one. Also
 * where it has taken the line itself since any other one of both got into trouble: however many these are, the line is
 * none of them.
 */
export const takenAmong = (entries: Iterable<LedgerEntry>) => {
  // what is answered with a 404 is called each time, and says of nothing else whether it is taken
  const told = [...entries]
    .filter((entry) => isTroubled(entry) || entry.last.outcome === "accepted")
    .map((entry) => ({ entry, at: toldAt(entry) }))
    .sort((a, b) => newestFirst(a.at, b.at))
    .map(({ entry }) => entry);
  const [services, customers] = [callsOf(told, "serviceId"), callsOf(told, "customerId")];
  const isTaken = (its: Calls, others: Calls, other: Key) =>
    once((id) => {
      const isOwn = (entry: LedgerEntry) => !isTroubled(entry) || others.troubleOf(entry[other]) <= its.troubleOf(id);
      const last = its.lastOf(id, isOwn);
      return last.filter(isTroubled).length * 2 <= last.length;
    });
  const ofService = isTaken(services, customers, "customerId");
  const ofCustomer = isTaken(customers, services, "serviceId");
  return ({ serviceId, customerId }: Pick<Line, Key>, entry: LedgerEntry | undefined): boolean => {
    const takenAt = entry?.accepted?.at ?? "";
    const isOutOfIt = services.newTroubleOf(serviceId) < takenAt && customers.newTroubleOf(customerId) < takenAt;
    return isOutOfIt || (ofService(serviceId) && ofCustomer(customerId));
  };
};
