/** Two files, so that the test runner's workers use two cores; 100,000 seeds in all unless told otherwise. */
export const seedsPerFile = Number(process.env.SIMULATION_SEEDS ?? 100_000) / 2;
