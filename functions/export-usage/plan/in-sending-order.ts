import type { Line } from "#shared/exports/line";
import { calledAt, type LedgerEntry, lineKey, neverCalled } from "#shared/usage/ledger";

// Each group ends with chunks that are not full, and every chunk costs writes.
const partsAlone = 3;

/** How many of these lines are of a line's service, and of its customer. */
const countsAmong = <T extends Line>(lines: T[]) => {
  const [services, customers] = [
    Map.groupBy(lines, (line) => line.serviceId),
    Map.groupBy(lines, (line) => line.customerId),
  ];
  return ({ serviceId, customerId }: T) => ({
    ofService: services.get(serviceId)?.length ?? 0,
    ofCustomer: customers.get(customerId)?.length ?? 0,
  });
};

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

interface SendingOrder<T> {
  /** Sent one after the other. */
  groups: T[][];
  /** The first of those with lines that may end the run; null where there is none. */
  suspectsFrom: number | null;
}

/**
 * The lines in the groups in which they are sent. Lines at which a run may end go last: those that Gradient has
 * refused, others of a service or a customer of which it has refused several (one alone says nothing of others), and
 * those that a run has given up because Gradient wanted fewer calls. What does not take them is a service, as a rule,
 * or a customer, and any of them may be taken again by now. So they go service by service, or customer by customer, the
 * one first that was not called for the longest time, and so do the lines of each: whatever ends this run is the last
 * of the next, and none waits for ever behind another.
 */
export const inSendingOrder = <T extends Line>(
  lines: T[],
  entries: ReadonlyMap<string, LedgerEntry>,
): SendingOrder<T> => {
  const entryOf = (line: T) => entries.get(lineKey(line));
  const isRefused = (line: T): boolean => entryOf(line)?.last.refusedAt !== undefined;
  const isThrottled = (line: T): boolean => entryOf(line)?.owed === "throttled";
  const refused = countsAmong(lines.filter(isRefused));
  const stopping = countsAmong(lines.filter((line) => isRefused(line) || isThrottled(line)));

  const isSuspect = (line: T): boolean => {
    const { ofService, ofCustomer } = refused(line);
    const isGivenUp = isThrottled(line) || entryOf(line)?.owed === "untried";
    return isRefused(line) || isGivenUp || Math.max(ofService, ofCustomer) > 1;
  };
  const partOf = (line: T): string => {
    const { ofService, ofCustomer } = stopping(line);
    return ofCustomer > ofService ? `customer ${line.customerId}` : `service ${line.serviceId}`;
  };
  const calledLast = (line: T): string => calledAt(entryOf(line));
  /** Of a part in its order. */
  const newestOf = (part: T[]): string => part.slice(-1).map(calledLast)[0] ?? neverCalled;

  const { others = [], suspects = [] } = Object.groupBy(lines, (line) => (isSuspect(line) ? "suspects" : "others"));
  const parts = [...Map.groupBy(suspects, partOf).values()]
    .map((part) => part.toSorted((a, b) => byText(calledLast(a), calledLast(b))))
    .sort((a, b) => byText(newestOf(a), newestOf(b)));
  const groups = [others, ...parts.slice(0, partsAlone), parts.slice(partsAlone).flat()];
  return {
    groups: groups.filter((group) => group.length > 0),
    suspectsFrom: suspects.length > 0 ? Math.min(others.length, 1) : null,
  };
};
