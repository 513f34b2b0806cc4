import { type Outcome, simulate } from "./simulate.ts";

export interface SeedRange {
  from: number;
  seeds: number;
}

/** Every seed of the range; answers those that broke an invariant. */
export const runSeeds = async ({ from, seeds }: SeedRange): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const outcome = await simulate(seed);
    if (outcome.faults.length > 0) broken.push(outcome);
  }
  return broken;
};

export const describeOutcome = ({ seed, faults }: Outcome): string =>
  `seed ${seed}: ${faults.join("; ")}\n  replay: npm run simulate -- --from ${seed} --seeds 1 --trace`;
