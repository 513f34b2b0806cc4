/** How long each hop takes, in milliseconds: assumptions, printed with every table. */
export interface Hops {
  /** From a written row to the relay that reads it off the stream. */
  stream: number;
  /** From the queue to an invocation of its worker. */
  queue: number;
  /** A worker's process that has to be started. */
  coldStart: number;
  table: number;
  transaction: number;
  /** Half of the answers take longer. */
  gradient: number;
  /** No answer takes longer or shorter by more. Null: as `spread` has it, one in a hundred three times as long. */
  gradientVaries: number | null;
  /** What the processor of a worker takes for planning and closing a run, beside the table's time. */
  run: number;
  /** The API in front of a person's press. */
  api: number;
}

/** Gradient's answers as those are by which the pace is measured (`npm run bench:pace`). */
export const usualHops: Hops = {
  stream: 250,
  queue: 60,
  coldStart: 700,
  table: 5,
  transaction: 12,
  gradient: 200,
  gradientVaries: 50,
  run: 150,
  api: 60,
};

/** A Gradient of which nobody knows how long its answers take at most. */
export const slowAnswers: Hops = { ...usualHops, gradient: 250, gradientVaries: null };

export type Random = () => number;

/** Around `median`: one in a hundred takes three times as long, one in a hundred a third. */
export const spread = (median: number, random: Random): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(0.47 * normal);
};

export const answerMs = ({ gradient, gradientVaries }: Hops, random: Random): number =>
  gradientVaries === null ? spread(gradient, random) : gradient + gradientVaries * (2 * random() - 1);
