import { seededRandom } from "../world/random.ts";

const isWhole = process.env.SIMULATION_STORIES === "all";

/**
 * Answers for one case after the other whether it is played: one in so many, always the same ones; with
 * `SIMULATION_STORIES=all` every one.
 */
export const sample = (oneIn: number): (() => boolean) => {
  const { chance } = seededRandom(1);
  return () => isWhole || chance(1 / oneIn);
};
