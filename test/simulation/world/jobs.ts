import type { Timeline } from "./timeline.ts";

const minuteMs = 60_000;
// An index may lag behind its rows, and nobody books a job for the moment when a place is free.
const idleMs = 4 * minuteMs;

export const jobs = ["admit", "watch", "catalogue", "mails", "sweep"] as const;
export type Job = (typeof jobs)[number];

interface Options {
  line: Timeline;
  /** Runs it; `onEnd` when it has ended, however: `isIdle` when it has changed nothing. */
  run: (job: Job, onEnd: (isIdle: boolean) => void) => void;
  /** Whether it would find something at this moment. */
  hasWork: (job: Job) => boolean;
  /** Late by so much. */
  delayMs: () => number;
  /** Whether it runs now although it will find nothing. */
  isIdleRun: () => boolean;
}

/**
 * The jobs that a schedule starts every minute. A minute in which nothing is due changes nothing, so only those are
 * played for which some row has asked; a row that wants something and is in no index is found by nobody.
 */
export const minuteJobs = ({ line, run, hasWork, delayMs, isIdleRun }: Options) => {
  const booked = new Set<string>();

  /** It runs in the first minute that begins at that moment or after it. */
  const book = (job: Job, at: number): void => {
    const minute = Math.ceil(Math.max(at, line.now() + 1) / minuteMs);
    const name = `${job}#${minute}`;
    if (booked.has(name)) return;
    booked.add(name);
    const begin = () => {
      booked.delete(name);
      // it would find nothing: whatever asked for it is over by now
      if (!hasWork(job) && !isIdleRun()) return;
      // What it has left is the next minute's. Where it has found nothing to do, the next minute's would find as much.
      run(job, (isIdle) => {
        if (hasWork(job)) book(job, line.now() + (isIdle ? idleMs : 0));
      });
    };
    line.at(minute * minuteMs + delayMs(), begin, true);
  };
  return { book };
};

export type MinuteJobs = ReturnType<typeof minuteJobs>;
