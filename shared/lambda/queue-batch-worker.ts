import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type * as z from "zod";
import { logFailure } from "../log-failure.ts";
import { logger, withLogFields } from "../logger.ts";
import { readMessage } from "./queue-worker.ts";

interface BatchWorker<S extends z.ZodType> {
  message: S;
  /**
   * Works through all messages of one invocation, in any order; what became of each, or its failure: then it comes
   * again.
   */
  run: (
    messages: z.infer<S>[],
    invocation: { remainingMs: () => number },
  ) => Promise<Map<z.infer<S>, string | { failure: unknown }>>;
}

/**
 * A queue door for a worker that has several messages under way at a time. A message that fails returns to the queue
 * alone.
 */
export const queueBatchWorker = <S extends z.ZodType>({ message, run }: BatchWorker<S>) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const failed: string[] = [];
    const ids = new Map<z.infer<S>, string>();
    for (const { messageId, body } of event.Records) {
      try {
        ids.set(readMessage(message, body), messageId);
      } catch (error) {
        logFailure("message cannot be read, it will be delivered again", error);
        failed.push(messageId);
      }
    }
    const { awsRequestId } = context;
    await withLogFields({ awsRequestId }, async () => {
      const outcomes = await run([...ids.keys()], { remainingMs: () => context.getRemainingTimeInMillis() });
      for (const [its, messageId] of ids) {
        const outcome = outcomes.get(its);
        if (typeof outcome === "string") {
          logger.info("message handled", { messageId, outcome });
          continue;
        }
        logFailure("message failed, it will be delivered again", outcome?.failure);
        failed.push(messageId);
      }
    });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
