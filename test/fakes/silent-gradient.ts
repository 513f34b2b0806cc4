import type { InMemoryGradient } from "./in-memory-gradient.ts";

/** As the older specification has it: accounts without a word on what is mapped. */
export const silentGradient = (gradient: InMemoryGradient): InMemoryGradient => ({
  ...gradient,
  readAccounts: async (token) => (await gradient.readAccounts(token)).map(({ id, name }) => ({ id, name })),
});
