/** How long one call of a person's waits for Gradient, which answers in seconds on its bad days; milliseconds. */
export const tryTimeoutMs = 6_000;
/** How long a call waits for its turn, and how long after its first attempt it is repeated; milliseconds. */
export const patienceMs = 1_200;

const calls = 2;
/**
 * Within this the two calls of a registration are over: each waits for its turn, fails at once as long as it is
 * repeated, waits for another turn, and then for Gradient. Milliseconds.
 */
export const gradientWithinMs = calls * (3 * patienceMs + tryTimeoutMs);
