import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { logFailure } from "../log-failure.ts";
import { logger, withLogFields } from "../logger.ts";

/** What the job did, as fields of its one log line. */
export type JobReport = Record<string, number>;

/**
 * One schedule door. A failure is thrown on: Lambda runs the job again, twice, and its error count alarms. The
 * scheduler does not hear of it, because it only hands the event over; what it repeats, and keeps as a dead letter, is
 * an event that Lambda did not take.
 */
export const scheduledJob = (run: (invocation: { remainingMs: () => number }) => Promise<JobReport>) =>
  middy<unknown, JobReport>().handler((_event: unknown, context: Context) =>
    withLogFields({ awsRequestId: context.awsRequestId }, async () => {
      try {
        const report = await run({ remainingMs: () => context.getRemainingTimeInMillis() });
        logger.info("job done", report);
        return report;
      } catch (error) {
        logFailure("job failed", error);
        throw new Error("job failed");
      }
    }),
  );
