/**
 * The most calls that go out within any `ms`. Calls whose ways differ by up to J arrive within a second if they went
 * out within 1,000 ms + J.
 */
export const mostWithin = (moments: number[], ms: number): number => {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= ms) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
};
