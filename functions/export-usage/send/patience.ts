import type { CountAnswer } from "#shared/gradient/gradient-api";
import type { Clock } from "#shared/pace/clock";

// longer than the repeats of one line: what is over by then is ridden out
const longMs = 20_000;
// with fewer, a slow answer or two would be enough
const many = 20;
const shortestPauseMs = 1_000;
// each line is called again some times within it: a minute of too many calls leaves nothing over
const longPausingMs = 60_000;
// so often everybody has paused for this run's sake
const maxPauses = 4;
// where Gradient takes two counts a second of everybody, each of twenty runs has six
const nextToNothing = 5;
// more than that is worth everybody's pauses for some minutes
const few = 20;
const longHoldMs = 5 * 60_000;
// longer than a pause: where a run has caused one since then, the cause may be a low rate for everybody
const lateMs = 120_000;

/** What the runs of one worker know of each other: the counts of calls only grow. */
export interface Company {
  /** How many calls were taken. */
  taken: number;
  /** Of these, calls of runs that had caused no pause for some minutes. */
  takenFreely: number;
}

export const newCompany = (): Company => ({ taken: 0, takenFreely: 0 });

/**
 * What a run makes of it that Gradient takes nothing of it, or next to nothing, for long. That may be this partner's
 * trouble alone, or that of counts alone, which no breaker stops. Where calls fail, each line is tried once, and not
 * six times: what is taken again must be found, whichever line it is. Where they are too many, which no line is to
 * blame for, and for which everybody pauses each time, the run goes no further, and its other lines are tried by the
 * next one; a rate that Gradient allows for everybody brings each run more than that. So it does after some minutes in
 * which Gradient takes a few of it, and as many of others that cause no pause: then it is no rate for everybody.
 */
export const newPatience = (clock: Pick<Clock, "now">, company = newCompany()) => {
  /** In a row, without one that was taken between them. */
  let failures = 0;
  let failingSince = 0;
  let pauses = 0;
  let pausingSince = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let takenSincePausing = 0;
  let takenSincePause = 0;
  /** Since when it has taken a few in each minute, and how many. */
  let hold = { since: Number.NEGATIVE_INFINITY, taken: 0, before: newCompany() };
  let minute = { since: Number.NEGATIVE_INFINITY, taken: 0 };
  let isOver = false;

  const noteFailure = (): void => {
    if (failures === 0) failingSince = clock.now();
    failures += 1;
  };
  /** Some a minute, or many between two pauses, are more than next to nothing. */
  const isGettingOn = (now: number): boolean =>
    takenSincePausing >= nextToNothing * ((now - pausingSince) / longPausingMs);
  /** Five minutes are forgiven with one of many calls. */
  const noteHold = (now: number): void => {
    const minutes = (now - minute.since) / longPausingMs;
    const isLate = now - pausedAt >= lateMs;
    if (isLate || (minutes >= 1 && minute.taken >= few * minutes))
      hold = { since: now, taken: 0, before: { ...company } };
    if (isLate || minutes >= 1) minute = { since: now, taken: 0 };
  };
  /** Others would get on without this run. */
  const holdsOthers = (now: number): boolean => {
    const freely = company.takenFreely - hold.before.takenFreely;
    const ofOthers = company.taken - hold.before.taken - hold.taken;
    const isLong = now - pausedAt < lateMs && now - hold.since >= longHoldMs;
    return isLong && freely >= hold.taken && freely > ofOthers / 2;
  };
  const notePause = (sentAt: number): void => {
    // calls that were under way together are refused together; some go out before the pause is known
    if (sentAt <= pausedAt + shortestPauseMs) return;
    noteHold(clock.now());
    pausedAt = clock.now();
    const isLong = pausedAt - pausingSince >= longPausingMs;
    if (pauses === 0 || (isLong && isGettingOn(pausedAt))) [pauses, pausingSince, takenSincePausing] = [0, pausedAt, 0];
    pauses += 1;
    takenSincePause = 0;
    isOver ||= pauses >= maxPauses && isLong;
  };
  const noteTaken = (): void => {
    failures = 0;
    takenSincePausing += 1;
    hold.taken += 1;
    minute.taken += 1;
    company.taken += 1;
    if (clock.now() - pausedAt >= lateMs) company.takenFreely += 1;
    takenSincePause += 1;
    if (takenSincePause >= many) pauses = 0;
    // now, and not with the next 429: everybody would pause for it once more
    isOver ||= holdsOthers(clock.now());
  };

  return {
    heard: ({ kind }: CountAnswer, sentAt: number): void => {
      if (kind === "in-doubt") noteFailure();
      else if (kind === "throttled") notePause(sentAt);
      else noteTaken();
    },
    /** A line whose call brings nothing is not called again in this run. */
    triesOnce: (): boolean => failures >= many && clock.now() - failingSince >= longMs,
    /** No further line is tried. Once it is so, it stays so for this worker. */
    isOver: (): boolean => isOver,
  };
};

export type Patience = ReturnType<typeof newPatience>;
