import type { Line } from "#shared/exports/line";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";

type Trouble = NonNullable<LedgerEntry["last"]["trouble"]>;

const rankOf: Partial<Record<Trouble, number>> = { failed: 1, refused: 2 };
// more than the powers of two that any number of lines has
const perRank = 64;

const countBy = (entries: LedgerEntry[], key: (entry: LedgerEntry) => string): Map<string, number> =>
  new Map([...Map.groupBy(entries, key)].map(([its, all]) => [its, all.length]));

/**
 * The lines in the groups in which they are sent, one after the other: first those that have nothing to do with any
 * that Gradient refused or failed at, last of all those that it refused, which may end the run. In between, and among
 * each kind, the less of such trouble a line's service or customer has, the earlier it is sent: one service, or one
 * customer, that Gradient does not take keeps back nobody but itself. Lines of one group stay in their order.
 */
export const inSendingOrder = <T extends Line>(lines: T[], entries: ReadonlyMap<string, LedgerEntry>): T[][] => {
  const troubled = [...entries.values()].filter(({ last }) => last.trouble !== undefined);
  if (troubled.length === 0) return [lines];
  const ofService = countBy(troubled, ({ serviceId }) => serviceId);
  const ofCustomer = countBy(troubled, ({ customerId }) => customerId);
  const place = (line: T): number => {
    const trouble = entries.get(lineKey(line))?.last.trouble;
    const related = Math.max(ofService.get(line.serviceId) ?? 0, ofCustomer.get(line.customerId) ?? 0);
    // few groups: each ends with chunks that are not full, and every chunk costs writes
    const degree = Math.ceil(Math.log2(related + 1));
    return degree + perRank * (trouble === undefined ? 0 : (rankOf[trouble] ?? 1));
  };
  return [...Map.groupBy(lines, place)].sort(([a], [b]) => a - b).map(([, group]) => group);
};
