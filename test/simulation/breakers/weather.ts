import { AppError } from "#shared/errors";
import type { Fate, Faults, StepKind } from "#test/simulation/world/processes";
import type { Random } from "#test/simulation/world/random";

export interface Weather extends Faults {
  /** Nothing has gone wrong that was not Gradient's. */
  readonly isFair: boolean;
  clear(): void;
}

// made once: what costs most of an error is its stack, at which nobody looks
const tableDown = new AppError("unavailable", "table.unavailable", "down");
const gradientDown = new AppError("unavailable", "gradient.unavailable", "down");
const secretsDown = new AppError("unavailable", "secrets.unavailable", "down");
const errors: Record<StepKind, AppError> = {
  gradient: gradientDown,
  vault: secretsDown,
  read: tableDown,
  write: tableDown,
  queue: tableDown,
  mail: tableDown,
};

/** How processes fare: in some histories they die, are held up, or do not hear from the table; in most they do not. */
export const weatherOf = (random: Random, isFair: boolean): Weather => {
  const rate = (high: number) => (isFair ? 0 : random.pick([0, high / 4, high]));
  let [dies, fails, pauses] = [rate(0.05), rate(0.04), rate(0.05)];

  return {
    isFair,
    clear: () => {
      [dies, fails, pauses] = [0, 0, 0];
    },
    fateOf: (_, kind): Fate => {
      const isGradient = kind === "gradient";
      const failure = random.chance(fails) ? { error: errors[kind], isDone: random.chance(0.5) } : null;
      return {
        dies: random.chance(dies) ? random.pick(["before", "after"]) : null,
        failure,
        reachesMs: isGradient ? random.pick([20, 60, 300]) : 2,
        answersMs: isGradient ? random.pick([20, 60, 300]) : 0,
        pauseMs: random.chance(pauses) ? random.pick([3_000, 20_000, 70_000, 200_000]) : 0,
      };
    },
  };
};
