/**
 * Two files, so that the test runner's workers use two cores. A seed takes 4 to 6 ms of a core: 24,000 are what a test run of four
 * minutes has room for; `npm run simulate -- --seeds 100000` plays more.
 */
export const seedsPerFile = Number(process.env.SIMULATION_SEEDS ?? 24_000) / 2;
