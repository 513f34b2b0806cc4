import type { Line } from "#shared/exports/line";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";

const countBy = <T>(values: T[], key: (value: T) => string): Map<string, number> =>
  new Map([...Map.groupBy(values, key)].map(([its, all]) => [its, all.length]));

/**
 * How many of these lines are of its service or of its customer, whichever are more, in powers of two: few groups, for
 * each ends with chunks that are not full, and every chunk costs writes.
 */
const degreeAmong = <T extends Line>(lines: T[]): ((line: T) => number) => {
  const ofService = countBy(lines, ({ serviceId }) => serviceId);
  const ofCustomer = countBy(lines, ({ customerId }) => customerId);
  return ({ serviceId, customerId }) =>
    Math.floor(Math.log2(Math.max(1, ofService.get(serviceId) ?? 0, ofCustomer.get(customerId) ?? 0)));
};

/** The groups of one kind, by degree: those of the lowest first. */
const byDegree = <T extends Line>(lines: T[], degree: (line: T) => number): T[][] =>
  [...Map.groupBy(lines, degree)].sort(([a], [b]) => a - b).map(([, group]) => group);

interface SendingOrder<T> {
  /** Sent one after the other. */
  groups: T[][];
  /** The first of them that Gradient may refuse, for what it has refused; null where there is none. */
  refusableFrom: number | null;
}

/**
 * The lines in the groups in which they are sent: those that Gradient has refused go last, since the first of them may
 * end the run. Before them, in the order of how many were refused, go the lines of a service or a customer of which
 * several were: one that Gradient does not take keeps back nobody but itself. One refused line alone says nothing of
 * others. Before all these go the lines that a run has given up because Gradient wanted fewer calls, those that it has
 * not tried first, and of these those last of whose service or customer most were tried: where Gradient wants that of a
 * part of a partner alone, they would keep what is new from being tried, and the tried ones the others. Lines of one
 * group stay in their order.
 */
export const inSendingOrder = <T extends Line>(
  lines: T[],
  entries: ReadonlyMap<string, LedgerEntry>,
): SendingOrder<T> => {
  const entryOf = (line: T) => entries.get(lineKey(line));
  const isRefused = (line: T): boolean => entryOf(line)?.last.isRefused === true;
  const isThrottled = (line: T): boolean => entryOf(line)?.owed === "throttled";
  const refusedBeside = degreeAmong(lines.filter(isRefused));
  const throttledBeside = degreeAmong(lines.filter(isThrottled));

  const of = Map.groupBy(lines, (line) => {
    if (isRefused(line)) return "refused";
    // whatever else is so of them: the first that is refused ends the run
    if (refusedBeside(line) > 0) return "beside-refused";
    if (isThrottled(line)) return "throttled";
    return entryOf(line)?.owed === "untried" ? "untried" : "others";
  });
  const once = (group: T[] | undefined): T[][] => (group ? [group] : []);
  const before = [
    ...once(of.get("others")),
    ...byDegree(of.get("untried") ?? [], throttledBeside),
    ...once(of.get("throttled")),
  ];
  const refusable = [...byDegree(of.get("beside-refused") ?? [], refusedBeside), ...once(of.get("refused"))];
  return { groups: [...before, ...refusable], refusableFrom: refusable.length > 0 ? before.length : null };
};
