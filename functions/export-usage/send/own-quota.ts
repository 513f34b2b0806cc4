const minuteMs = 60_000;
// more than that in a minute is worth everybody's pauses for some minutes
const few = 20;
const longHoldMs = 5 * minuteMs;
// longer than a pause: where a run has caused one since then, the cause may be a low rate for everybody
const lateMs = 2 * minuteMs;

/** What the runs of one worker know of each other: the counts of calls only grow. */
export interface Company {
  /** How many calls were taken. */
  taken: number;
  /** Of these, calls of runs that had caused no pause for some minutes. */
  takenFreely: number;
}

export const newCompany = (): Company => ({ taken: 0, takenFreely: 0 });

/**
 * Whether Gradient allows this run's partner a few calls a minute, and everybody pauses for each further one. So it is
 * after some minutes in which Gradient takes a few of it, and as many of others that cause no pause: then it is no low
 * rate for everybody.
 */
export const ownQuota = (company: Company) => {
  let pausedAt = Number.NEGATIVE_INFINITY;
  /** Since when it has taken a few in each minute, and how many. */
  let hold = { since: Number.NEGATIVE_INFINITY, taken: 0, before: newCompany() };
  let minute = { since: Number.NEGATIVE_INFINITY, taken: 0 };
  const isFree = (now: number): boolean => now - pausedAt >= lateMs;

  return {
    /** Everybody pauses for this run's sake. */
    paused: (now: number): void => {
      const minutes = (now - minute.since) / minuteMs;
      // one minute of many calls forgives five
      if (isFree(now) || (minutes >= 1 && minute.taken >= few * minutes))
        hold = { since: now, taken: 0, before: { ...company } };
      if (isFree(now) || minutes >= 1) minute = { since: now, taken: 0 };
      pausedAt = now;
    },
    taken: (now: number): void => {
      hold.taken += 1;
      minute.taken += 1;
      company.taken += 1;
      if (isFree(now)) company.takenFreely += 1;
    },
    /** Others would get on without this run. */
    holdsOthers: (now: number): boolean => {
      const freely = company.takenFreely - hold.before.takenFreely;
      const ofOthers = company.taken - hold.before.taken - hold.taken;
      const isLong = !isFree(now) && now - hold.since >= longHoldMs;
      return isLong && freely >= hold.taken && freely > ofOthers / 2;
    },
  };
};
