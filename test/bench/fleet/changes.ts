import { distribution } from "./distribution.ts";
import type { FleetPartner } from "./fleet-partners.ts";
import { changedLines, countOf, isChanged } from "./fleet-usage.ts";

/** Watches tonight's changed counts until each has been accepted once: how long after its partner was due. */
export const watchChanges = (partners: FleetPartner[]) => {
  const dueAt = new Map(partners.map(({ index, nextRunAt }) => [index, Date.parse(nextRunAt ?? "")]));
  const all = partners.reduce((sum, partner) => sum + changedLines(partner), 0);
  const large = partners.at(-1)?.index;
  const done = new Map<number, Set<number>>();
  const late = distribution();
  let missing = all;
  let largeMs = 0;

  return {
    all,
    late,
    missing: () => missing,
    /** When the last count of the large partner was accepted: the last one of the fleet. */
    largeMs: () => largeMs,
    /** Whether it was one of tonight's changes, for the first time. */
    accepted: (partner: number, place: number, unitCount: number, at: number): boolean => {
      if (!isChanged(partner, place) || unitCount !== countOf(partner, place)) return false;
      const its = done.get(partner) ?? new Set<number>();
      if (its.has(place)) return false;
      done.set(partner, its.add(place));
      const tookMs = at - (dueAt.get(partner) ?? 0);
      late.add(tookMs);
      if (partner === large) largeMs = Math.max(largeMs, tookMs);
      missing -= 1;
      return true;
    },
  };
};
