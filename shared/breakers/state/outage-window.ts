export const windowMs = 30_000;
const leastCalls = 20;
const leastPartners = 3;
const failedShare = 0.8;

interface Call {
  partnerId: string;
  hasFailed: boolean;
  /** When it was sent, in milliseconds since 1970. */
  at: number;
}

/**
 * What became of the calls of one process within half a minute. One worker carries several partners, so that is
 * evidence enough.
 */
export const outageWindow = () => {
  let calls: Call[] = [];
  let judgedUntil = 0;
  const within = (now: number): Call[] => calls.filter(({ at }) => at > now - windowMs);
  const failingOf = (some: Call[]): string[] => [
    ...new Set(some.filter(({ hasFailed }) => hasFailed).map(({ partnerId }) => partnerId)),
  ];

  return {
    note: (call: Call): void => {
      if (call.at <= judgedUntil) return;
      // much of it is old: cut now and then, not with each call
      const [first] = calls;
      if (first && call.at - first.at > 2 * windowMs) calls = calls.filter(({ at }) => at > call.at - windowMs);
      calls.push(call);
    },
    /** What was sent until then has been judged, also where its end is still to come. */
    forgetUntil: (end: number): void => {
      judgedUntil = end;
      calls = calls.filter(({ at }) => at > end);
    },
    /** Failures of one or two partners may be their own, however many. */
    isOutage: (now: number): boolean => {
      const recent = within(now);
      if (recent.length < leastCalls) return false;
      const failed = recent.filter(({ hasFailed }) => hasFailed);
      return failed.length >= failedShare * recent.length && failingOf(failed).length >= leastPartners;
    },
    /** The partners of calls that failed. */
    failing: (now: number): string[] => failingOf(within(now)),
  };
};
