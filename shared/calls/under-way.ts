/**
 * Whoever has been at a call of a person's for longer has died; milliseconds. No function of the API may take as long,
 * not even one that waits for Gradient.
 */
export const underWayMs = 30_000;
