import { Logger } from "@aws-lambda-powertools/logger";

/**
 * JSON lines on stdout. Messages are constant, facts are fields, people and secrets are never among them.
 * Fields added with `withLogFields` are on every line until the work that they describe is done.
 */
export const logger = new Logger({ serviceName: "gradient-billing" });

/** Runs `work` with these fields on each of its log lines. One function process does one piece of work at a time. */
export const withLogFields = async <T>(fields: Record<string, string | number>, work: () => Promise<T>): Promise<T> => {
  logger.appendKeys(fields);
  try {
    return await work();
  } finally {
    logger.removeKeys(Object.keys(fields));
  }
};
