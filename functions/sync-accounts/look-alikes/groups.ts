/** Places that are joined step by step; each group knows which steps have made it. */
export const groups = (size: number) => {
  const parents = Array.from({ length: size }, (_, place) => place);
  // a bit for each step
  const steps = new Uint32Array(size);

  const rootOf = (place: number): number => {
    let at = place;
    for (let parent = parents[at]; parent !== undefined && parent !== at; parent = parents[at]) {
      parents[at] = parents[parent] ?? parent;
      at = parent;
    }
    return at;
  };

  return {
    rootOf,
    join: (a: number, b: number, step: number): void => {
      const [one, other] = [rootOf(a), rootOf(b)];
      if (one === other) return;
      const [first, second] = one < other ? [one, other] : [other, one];
      parents[second] = first;
      steps[first] = (steps[first] ?? 0) | (steps[second] ?? 0) | (1 << step);
    },
    /** In their order. */
    stepsOf: (place: number): number[] => {
      const bits = steps[rootOf(place)] ?? 0;
      return Array.from({ length: 32 }, (_, step) => step).filter((step) => bits & (1 << step));
    },
  };
};
