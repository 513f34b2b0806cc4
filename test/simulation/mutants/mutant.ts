/** One guard of the engine taken out, and the quick test that must turn red without it. */
export interface Mutant {
  name: string;
  patches: { file: string; from: string; to: string }[];
  killedBy: keyof typeof suites;
}

/** Arguments for Node, run in the folder of the patched sources. */
const vitest = ["node_modules/vitest/vitest.mjs", "run"];

export const suites = {
  seeds: ["test/simulation/run.ts", "--seeds", "6000", "--threads", "1", "--until-broken"],
  stalls: [...vitest, "test/simulation/stall-points.test.ts"],
  units: [...vitest, "test/functions/export-usage", "test/shared", "test/functions/start-"],
};

export const one = (name: string, killedBy: Mutant["killedBy"], file: string, from: string, to: string): Mutant => ({
  name,
  killedBy,
  patches: [{ file, from, to }],
});
