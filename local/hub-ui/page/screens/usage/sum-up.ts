import type { UsageLine } from "./all-lines.ts";

/** Where a line stands, seen from the partner: is what it uses now what Gradient has accepted? */
export type LineState = "in" | "unmapped" | "refused" | "changed" | "unknown";

/**
 * What the mapping says counts, whether a run has met it or not: the last outcome is older, and says nothing of what
 * was never sent. It stands alone only where nothing is known, or the line is not billed any more.
 */
const isUnmapped = ({ isMapped, lastOutcome }: UsageLine): boolean =>
  isMapped === false || (isMapped === null && lastOutcome === "unmapped");

/** Gradient bills nothing for what is not mapped, or was not when it was sent, whatever it has accepted before. */
const heldOf = (line: UsageLine): number =>
  isUnmapped(line) || line.lastOutcome === "unmapped" ? 0 : (line.lastAccepted?.unitCount ?? 0);

export const stateOf = (line: UsageLine): LineState => {
  const { unitCount, lastAccepted, lastOutcome, isInDoubt } = line;
  if (unitCount === null) return "unknown";
  if (isUnmapped(line)) return "unmapped";
  if (lastOutcome === "unmapped") return "changed";
  if (lastAccepted?.unitCount === unitCount && !isInDoubt) return "in";
  return lastOutcome === "rejected" ? "refused" : "changed";
};

/** By how much the count has changed since Gradient accepted one; null where there is nothing to compare. */
export const changeOf = ({ unitCount, lastAccepted }: UsageLine): number | null =>
  unitCount === null || lastAccepted === null ? null : unitCount - lastAccepted.unitCount;

/** Lines of one state, and what they keep from Gradient. */
export interface Gap {
  lines: number;
  customers: number;
  /** Used, but not with Gradient. */
  missing: number;
  /** With Gradient, but not used any more. */
  tooMany: number;
}

export interface UsageSum {
  lines: number;
  /** Units that are used now. */
  now: number;
  /** Those of them that Gradient has accepted, where it is mapped. */
  inGradient: number;
  missing: number;
  tooMany: number;
  /** Lines of which another number than the one accepted last had no answer. */
  inDoubt: number;
  gaps: Record<Exclude<LineState, "in">, Gap>;
  /** When the newest count was true, and the oldest that is not zero. */
  newestAsOf: string | null;
  oldestAsOf: string | null;
  lastAcceptedAt: string | null;
}

/** Gradient holds every count that is measured: whatever run comes next has nothing new to bring. */
export const isAllIn = ({ lines, gaps }: UsageSum): boolean =>
  lines > 0 && gaps.unmapped.lines + gaps.refused.lines + gaps.changed.lines === 0;

const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one;
const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;

export const sumUp = (lines: readonly UsageLine[]): UsageSum => {
  const gap = () => ({ lines: 0, missing: 0, tooMany: 0, ids: new Set<string>() });
  const gaps = { unmapped: gap(), refused: gap(), changed: gap(), unknown: gap() };
  const sum = { lines: lines.length, now: 0, inGradient: 0, missing: 0, tooMany: 0, inDoubt: 0 };
  let newestAsOf: string | null = null;
  let oldestAsOf: string | null = null;
  let lastAcceptedAt: string | null = null;
  for (const line of lines) {
    const now = line.unitCount ?? 0;
    newestAsOf = later(newestAsOf, line.asOf);
    if (now > 0) oldestAsOf = earlier(oldestAsOf, line.asOf);
    lastAcceptedAt = later(lastAcceptedAt, line.lastAccepted?.at ?? null);
    sum.now += now;
    if (line.isInDoubt) sum.inDoubt += 1;
    const state = stateOf(line);
    // what is not known is neither missing nor too much
    const held = state === "unknown" ? now : heldOf(line);
    const missing = Math.max(0, now - held);
    const tooMany = Math.max(0, held - now);
    sum.inGradient += Math.min(now, held);
    sum.missing += missing;
    sum.tooMany += tooMany;
    if (state === "in") continue;
    const found = gaps[state];
    found.lines += 1;
    found.missing += missing;
    found.tooMany += tooMany;
    found.ids.add(line.customerId);
  }
  const told = ({ ids, ...rest }: ReturnType<typeof gap>): Gap => ({ ...rest, customers: ids.size });
  return {
    ...sum,
    gaps: {
      unmapped: told(gaps.unmapped),
      refused: told(gaps.refused),
      changed: told(gaps.changed),
      unknown: told(gaps.unknown),
    },
    newestAsOf,
    oldestAsOf,
    lastAcceptedAt,
  };
};
