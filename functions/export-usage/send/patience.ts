import type { CountAnswer } from "#shared/gradient/gradient-api";
import type { Clock } from "#shared/pace/clock";
import { newCompany, ownQuota } from "./own-quota.ts";

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

/**
 * What a run makes of it that Gradient takes nothing of it, or next to nothing, for long. That may be this partner's
 * trouble alone, or that of counts alone, which no breaker stops. Where calls fail, each line is tried once, and not
 * six times: what is taken again must be found, whichever line it is. Where they are too many, which no line is to
 * blame for, and for which everybody pauses each time, the run goes no further, and its other lines are tried by the
 * next one; a rate that Gradient allows for everybody brings each run more than that. So it does where its partner has
 * a low rate of its own, and others would get on.
 */
export const newPatience = (clock: Pick<Clock, "now">, company = newCompany()) => {
  const quota = ownQuota(company);
  /** In a row, without one that was taken between them. */
  let failures = 0;
  let failingSince = 0;
  let pauses = 0;
  let pausingSince = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let takenSincePausing = 0;
  let takenSincePause = 0;
  let isOver = false;

  const noteFailure = (): void => {
    if (failures === 0) failingSince = clock.now();
    failures += 1;
  };
  /** Some a minute, or many between two pauses, are more than next to nothing. */
  const isGettingOn = (now: number): boolean =>
    takenSincePausing >= nextToNothing * ((now - pausingSince) / longPausingMs);
  const notePause = (sentAt: number): void => {
    // calls that were under way together are refused together; some go out before the pause is known
    if (sentAt <= pausedAt + shortestPauseMs) return;
    pausedAt = clock.now();
    quota.paused(pausedAt);
    const isLong = pausedAt - pausingSince >= longPausingMs;
    if (pauses === 0 || (isLong && isGettingOn(pausedAt))) [pauses, pausingSince, takenSincePausing] = [0, pausedAt, 0];
    pauses += 1;
    takenSincePause = 0;
    isOver ||= pauses >= maxPauses && isLong;
  };
  const noteTaken = (): void => {
    failures = 0;
    takenSincePausing += 1;
    takenSincePause += 1;
    if (takenSincePause >= many) pauses = 0;
    quota.taken(clock.now());
    // now, and not with the next 429: everybody would pause for it once more
    isOver ||= quota.holdsOthers(clock.now());
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
