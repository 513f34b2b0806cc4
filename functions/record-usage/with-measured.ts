import type { Count, CustomerUsage, Measurement } from "#shared/usage/usage";

/**
 * The newer measurement wins. Of two with the same time, the one that came later does: that is how a sender corrects
 * one.
 */
const replaces = ({ unitCount, measuredAt }: Count, stored: Count | undefined): boolean => {
  if (stored === undefined || measuredAt > stored.measuredAt) return true;
  return measuredAt === stored.measuredAt && unitCount !== stored.unitCount;
};

/** The customer's usage with what was measured. `firstServiceIds`: services of it that were never measured before. */
export const withMeasured = (
  stored: CustomerUsage | undefined,
  partnerId: string,
  customerId: string,
  measured: Measurement[],
): { after: CustomerUsage; hasChanged: boolean; firstServiceIds: string[] } => {
  const before = stored ?? { partnerId, customerId, counts: {}, version: 0 };
  const counts = new Map(Object.entries<Count>(before.counts));
  const firstServiceIds: string[] = [];
  let hasChanged = false;
  for (const { serviceId, unitCount, measuredAt } of measured) {
    const count = { unitCount, measuredAt };
    if (!replaces(count, counts.get(serviceId))) continue;
    if (!counts.has(serviceId)) firstServiceIds.push(serviceId);
    counts.set(serviceId, count);
    hasChanged = true;
  }
  const after = { ...before, counts: Object.fromEntries(counts) };
  return { after, hasChanged, firstServiceIds };
};
