import type { Measurement } from "./usage.ts";

const pairAndTime = ({ customerId, serviceId, measuredAt }: Measurement): string =>
  JSON.stringify([customerId, serviceId, measuredAt]);

/** Measurements of one batch that say different counts of one pair at one time: nobody knows which one is right. */
export const ambiguous = (measurements: Measurement[]): Set<Measurement> => {
  const together = Map.groupBy(measurements, pairAndTime);
  const differ = [...together.values()].filter((some) => new Set(some.map(({ unitCount }) => unitCount)).size > 1);
  return new Set(differ.flat());
};
