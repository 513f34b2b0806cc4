import type { GradientStats } from "./gradient/gradient-process.ts";

export interface Pace {
  accepted: number;
  refused: number;
  /** Accepted in a second, in the time between the first and the last two seconds. */
  steady: number;
  /** Accepted in a second, from the first to the last. */
  whole: number;
}

const marginMs = 2000;

const perSecond = (count: number, ms: number): number => (ms > 0 ? (count * 1000) / ms : 0);

/** The pace that a Gradient saw. */
export const paceOf = ({ accepted, refused }: Pick<GradientStats, "accepted" | "refused">): Pace => {
  const times = accepted.toSorted((a, b) => a - b);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const [from, to] = [first + marginMs, last - marginMs];
  const within = times.filter((at) => at >= from && at < to).length;
  return {
    accepted: times.length,
    refused,
    steady: perSecond(within, to - from),
    // the last one ends the time and is not in it
    whole: perSecond(times.length - 1, last - first),
  };
};
