/** What a million counts may cost, by the lines of each partner that are sent. */
export const costGoals = [
  { lines: 160, dollars: 0.3 },
  { lines: 100_000, dollars: 0.25 },
] as const;
