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

// each degree has its place from there on
const untriedFrom = 100;
const throttledAt = 200;
const refusableFrom = 300;

/** Where in the order each line goes: 0 where nothing tells against it. */
const placesAmong = <T extends Line>(lines: T[], entries: ReadonlyMap<string, LedgerEntry>): ((line: T) => number) => {
  const entryOf = (line: T) => entries.get(lineKey(line));
  const isRefused = (line: T): boolean => entryOf(line)?.last.isRefused === true;
  const refusedBeside = degreeAmong(lines.filter(isRefused));
  const throttledBeside = degreeAmong(lines.filter((line) => entryOf(line)?.owed === "throttled"));
  return (line) => {
    if (isRefused(line)) return Number.POSITIVE_INFINITY;
    // whatever else is so of them: the first that is refused ends the run
    if (refusedBeside(line) > 0) return refusableFrom + refusedBeside(line);
    const owed = entryOf(line)?.owed;
    if (owed === "throttled") return throttledAt;
    return owed === "untried" ? untriedFrom + throttledBeside(line) : 0;
  };
};

/**
 * The lines in the groups in which they are sent, one after the other: those that Gradient has refused go last, since
 * the first of them may end the run. Before them, in the order of how many were refused, go the lines of a service or a
 * customer of which several were: one that Gradient does not take keeps back nobody but itself. One refused line alone
 * says nothing of others. Before all these go the lines that a run has given up because Gradient wanted fewer calls,
 * those that it has not tried first, and of these those last of whose service or customer most were tried: where
 * Gradient wants that of a part of a partner alone, they would keep what is new from being tried, and the tried ones
 * the others. Lines of one group stay in their order.
 */
export const inSendingOrder = <T extends Line>(lines: T[], entries: ReadonlyMap<string, LedgerEntry>): T[][] => {
  const place = placesAmong(lines, entries);
  return [...Map.groupBy(lines, place)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
};

/** How many groups in that order come before those that Gradient may refuse, for what it has refused; null: all. */
export const groupsBeforeRefusable = <T extends Line>(
  inOrder: T[][],
  entries: ReadonlyMap<string, LedgerEntry>,
): number | null => {
  const place = placesAmong(inOrder.flat(), entries);
  const first = inOrder.findIndex((group) => group.some((line) => place(line) > refusableFrom));
  return first === -1 ? null : first;
};
