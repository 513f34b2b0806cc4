import { AppError, UnreadableRecord } from "./errors.ts";
import { logger } from "./logger.ts";

// a schedule may fail for every partner at once: then some tell what is wrong
const maxTogether = 20;

/**
 * Logs a failure: a foreseen one as a warning, anything else as an error, which alarms. By name, code, text and stack;
 * never its `cause`, which may quote what a caller or Gradient sent. Of failures that come together, each.
 */
export const logFailure = (message: string, error: unknown): void => {
  if (error instanceof AppError) {
    const cause = error.cause instanceof Error ? error.cause.name : undefined;
    logger.warn(message, { code: error.code, detail: error.message, ...(cause === undefined ? {} : { cause }) });
  } else if (error instanceof UnreadableRecord) {
    logger.error(message, { name: error.name, ...error.facts });
  } else if (error instanceof AggregateError) {
    for (const each of error.errors.slice(0, maxTogether)) logFailure(message, each);
    logger.error(message, { name: error.name, failures: error.errors.length });
  } else if (error instanceof Error) {
    logger.error(message, { name: error.name, detail: error.message, stack: error.stack ?? "" });
  } else {
    logger.error(message, { name: typeof error });
  }
};
