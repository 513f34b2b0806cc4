/** Values in order, each once: a place is found by halving, so that a list of many thousands is cheap to change. */
export const sortedList = <T>(compare: (a: T, b: T) => number, initial: Iterable<T> = []) => {
  const values = [...initial].sort(compare);

  /** The first place whose value is not before this one. */
  const placeOf = (value: T): number => {
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = values[middle];
      if (at !== undefined && compare(at, value) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const holdsAt = (place: number, value: T): boolean => {
    const at = values[place];
    return at !== undefined && compare(at, value) === 0;
  };

  return {
    values,
    placeOf,
    add: (value: T): void => {
      const place = placeOf(value);
      if (!holdsAt(place, value)) values.splice(place, 0, value);
    },
    remove: (value: T): void => {
      const place = placeOf(value);
      if (holdsAt(place, value)) values.splice(place, 1);
    },
    /** The first place whose value is after this one. */
    after: (value: T): number => {
      const place = placeOf(value);
      return holdsAt(place, value) ? place + 1 : place;
    },
  };
};

export type SortedList<T> = ReturnType<typeof sortedList<T>>;
