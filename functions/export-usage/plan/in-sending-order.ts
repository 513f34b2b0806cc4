import type { Line } from "#shared/exports/line";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";

const countBy = <T>(values: T[], key: (value: T) => string): Map<string, number> =>
  new Map([...Map.groupBy(values, key)].map(([its, all]) => [its, all.length]));

// behind every degree of trouble
const placeOfGivenUp = new Map<string, number>([
  ["untried", 100],
  ["throttled", 101],
]);
const placesOfGivenUp = new Set(placeOfGivenUp.values());

/** Where in the order each line goes: 0 where nothing tells against it. */
const placesAmong = <T extends Line>(lines: T[], entries: ReadonlyMap<string, LedgerEntry>): ((line: T) => number) => {
  const isRefused = (line: T): boolean => entries.get(lineKey(line))?.last.isRefused === true;
  const refused = lines.filter(isRefused);
  const ofService = countBy(refused, ({ serviceId }) => serviceId);
  const ofCustomer = countBy(refused, ({ customerId }) => customerId);
  return (line) => {
    if (isRefused(line)) return Number.POSITIVE_INFINITY;
    const givenUp = placeOfGivenUp.get(entries.get(lineKey(line))?.owed ?? "");
    if (givenUp !== undefined) return givenUp;
    const related = Math.max(ofService.get(line.serviceId) ?? 0, ofCustomer.get(line.customerId) ?? 0);
    // few groups: each ends with chunks that are not full, and every chunk costs writes
    return Math.floor(Math.log2(Math.max(1, related)));
  };
};

/**
 * The lines in the groups in which they are sent, one after the other: those that Gradient has refused go last, since
 * the first of them may end the run. Before them, in the order of how many were refused, go the lines of a service or a
 * customer of which several were: one that Gradient does not take keeps back nobody but itself. One refused line alone
 * says nothing of others. Right before those that were refused go the lines that a run has given up because Gradient
 * wanted fewer calls, those that it has not tried first: where Gradient wants that of a part of a partner alone, they
 * would keep what is new from being tried, and the tried ones the others. Lines of one group stay in their order.
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
  const isRefusable = (line: T): boolean => place(line) > 0 && !placesOfGivenUp.has(place(line));
  const first = inOrder.findIndex((group) => group.some(isRefusable));
  return first === -1 ? null : first;
};
