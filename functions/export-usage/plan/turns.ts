export interface Turns {
  /** Nothing where it is one's turn at once, otherwise resolves when it is. */
  take(): Promise<void> | undefined;
  give(): void;
}

/** So many at a time, the others in the order in which they came. */
export const turnsFor = (atATime: number): Turns => {
  let free = atATime;
  const waiting: (() => void)[] = [];
  return {
    take: () => {
      if (free > 0) {
        free -= 1;
        return undefined;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      return promise;
    },
    give: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
};
