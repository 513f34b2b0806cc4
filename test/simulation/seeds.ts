import type { HistoryKind } from "./history/history.ts";
import { makeHistory } from "./history/make-history.ts";
import { simulate } from "./simulate.ts";

export interface SeedRange {
  kind: HistoryKind;
  from: number;
  seeds: number;
}

export interface Outcome {
  kind: HistoryKind;
  seed: number;
  faults: string[];
}

/** Every seed of the range; answers those that broke an invariant. */
export const runSeeds = async ({ kind, from, seeds }: SeedRange): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const faults = await simulate(makeHistory(seed, kind));
    if (faults.length > 0) broken.push({ kind, seed, faults });
  }
  return broken;
};

// one broken history may break all that comes after
const shownAtMost = 3;

export const describeOutcome = ({ kind, seed, faults }: Outcome): string => {
  const more = faults.length > shownAtMost ? `; and ${faults.length - shownAtMost} more` : "";
  const replay = `npm run simulate -- --kind ${kind} --from ${seed} --seeds 1`;
  return `${kind} ${seed}: ${faults.slice(0, shownAtMost).join("; ")}${more}\n  replay: ${replay} --trace, or --shrink`;
};

/** What a fault is about: its text up to the first colon. */
export const ruleOf = (fault: string): string => fault.slice(0, fault.indexOf(":"));
