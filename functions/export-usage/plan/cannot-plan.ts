import { UnreadableRecord } from "#shared/errors";

/** A run's lines cannot be chosen, and the next worker would fail over the same record, or the same mistake of ours. */
export class CannotPlan extends Error {
  override name = "CannotPlan";
}

const isLasting = (error: unknown): boolean =>
  error instanceof UnreadableRecord || error instanceof RangeError || error instanceof TypeError;

/**
 * Rethrows what went wrong while a run's lines were chosen, as `CannotPlan` where it lasts. Not for what is read
 * before: everybody's rows, such as the breakers', are no partner's trouble, and an AWS service that is down passes by
 * itself.
 */
export const rethrowFromPlan = (error: unknown): never => {
  throw isLasting(error) ? new CannotPlan("An export cannot be planned", { cause: error }) : error;
};
