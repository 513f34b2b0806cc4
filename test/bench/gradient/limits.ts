/**
 * A rate limit as a server may keep it: asked for each request in the order of arrival, at milliseconds that never go
 * back.
 */
export interface Limit {
  /** Whether it lets the request in. */
  allows(at: number): boolean;
  /** Counts a request that every limit has let in. */
  count(at: number): void;
}

const windowMs = 1000;

/** Never more than `max` in any second. */
const sliding = (max: number): Limit => {
  const times: number[] = [];
  return {
    allows: (at) => {
      while (times.length > 0 && (times[0] ?? 0) <= at - windowMs) times.shift();
      return times.length < max;
    },
    count: (at) => void times.push(at),
  };
};

/** Never more than `max` from one full second to the next. */
const fixed = (max: number): Limit => {
  let window = -1;
  let counted = 0;
  return {
    allows: (at) => {
      const now = Math.floor(at / windowMs);
      if (now !== window) {
        window = now;
        counted = 0;
      }
      return counted < max;
    },
    count: () => {
      counted += 1;
    },
  };
};

// far stricter than a bucket that holds a second's worth, which the sliding window has in it already
const bucketSize = 10;

/** A token a request, `max` new ones a second, and no more than ten in store. */
const bucket = (max: number): Limit => {
  let tokens = bucketSize;
  let filledAt = 0;
  return {
    allows: (at) => {
      tokens = Math.min(bucketSize, tokens + ((at - filledAt) * max) / windowMs);
      filledAt = at;
      return tokens >= 1;
    },
    count: () => {
      tokens -= 1;
    },
  };
};

export const limitKinds = { sliding, fixed, bucket };
export type LimitKind = keyof typeof limitKinds;
