import { type Outcome, simulate } from "./simulate.ts";

export interface SeedRange {
  from: number;
  seeds: number;
}

// each history waits for the event loop after nearly every event, and two share its turns; with many more their objects live too long
const atATime = 1;

/** Every seed of the range; answers those that broke an invariant. */
export const runSeeds = async ({ from, seeds }: SeedRange): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  let next = from;
  const lane = async () => {
    while (next < from + seeds) {
      const seed = next;
      next += 1;
      const outcome = await simulate(seed);
      if (outcome.faults.length > 0) broken.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return broken.sort((a, b) => a.seed - b.seed);
};

export const describeOutcome = ({ seed, faults }: Outcome): string =>
  `seed ${seed}: ${faults.join("; ")}\n  replay: npm run simulate -- --from ${seed} --seeds 1 --trace`;
