import { print, printTable } from "../report.ts";

/** A figure that has to be reached, and what was seen. */
export interface Goal {
  figure: string;
  reach: string;
  seen: string;
  isReached: boolean;
}

/** Every one with what was seen; answers whether all are reached. */
export const printGoals = (goals: Goal[]): boolean => {
  print("\n## What is to be reached\n");
  printTable(
    ["figure", "reach", "seen", ""],
    goals.map(({ figure, reach, seen, isReached }) => [figure, reach, seen, isReached ? "reached" : "**missed**"]),
  );
  return goals.every(({ isReached }) => isReached);
};
