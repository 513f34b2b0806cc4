/** Numbers, told by the share of them that is not larger. */
export const distribution = () => {
  const values: number[] = [];
  let isSorted = true;
  return {
    add: (value: number): void => {
      values.push(value);
      isSorted = false;
    },
    count: () => values.length,
    /** 0 to 1; 1 is the largest. Zero of none. */
    at: (share: number): number => {
      if (!isSorted) values.sort((a, b) => a - b);
      isSorted = true;
      return values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
    },
    sum: () => values.reduce((sum, value) => sum + value, 0),
  };
};
export type Distribution = ReturnType<typeof distribution>;
