export interface RateLimitFigures {
  accepted: number;
  refused: number;
  maxAcceptedInAnySecond: number;
  /** Refused requests included: what the caller tried. */
  maxReceivedInAnySecond: number;
}

export interface RateLimit {
  admit(): boolean;
  figures(): RateLimitFigures;
  resetFigures(): void;
}

/** The times of the last `windowMs`, oldest first. */
const slidingWindow = (windowMs: number) => {
  let times: number[] = [];
  let oldest = 0;
  return {
    add: (time: number) => {
      times.push(time);
    },
    sizeAt: (time: number): number => {
      for (let first = times[oldest]; first !== undefined && time - first >= windowMs; first = times[oldest]) oldest++;
      if (oldest > 1000) {
        times = times.slice(oldest);
        oldest = 0;
      }
      return times.length - oldest;
    },
  };
};

/**
 * No window of `windowMs`, wherever it starts, holds more than `limit` accepted requests. Only accepted ones count
 * against the limit: what Gradient does about refused ones is not documented, and counting them would lock a caller
 * out for as long as it keeps trying.
 */
export const rateLimit = (limit: number, windowMs: number, nowMs: () => number): RateLimit => {
  const acceptedWindow = slidingWindow(windowMs);
  const receivedWindow = slidingWindow(windowMs);
  const zero = { accepted: 0, refused: 0, maxAcceptedInAnySecond: 0, maxReceivedInAnySecond: 0 };
  let figures: RateLimitFigures = { ...zero };
  return {
    admit: () => {
      const now = nowMs();
      receivedWindow.add(now);
      figures.maxReceivedInAnySecond = Math.max(figures.maxReceivedInAnySecond, receivedWindow.sizeAt(now));
      if (acceptedWindow.sizeAt(now) >= limit) {
        figures.refused++;
        return false;
      }
      acceptedWindow.add(now);
      figures.accepted++;
      figures.maxAcceptedInAnySecond = Math.max(figures.maxAcceptedInAnySecond, acceptedWindow.sizeAt(now));
      return true;
    },
    figures: () => ({ ...figures }),
    resetFigures: () => {
      figures = { ...zero };
    },
  };
};
