import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type * as z from "zod";
import { logFailure } from "../log-failure.ts";
import { logger, withLogFields } from "../logger.ts";
import { idsOf, readMessage } from "./queue-worker.ts";

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
  middy<SQSEvent, SQSBatchResponse>().handler((event: SQSEvent, context: Context) =>
    withLogFields({ awsRequestId: context.awsRequestId }, async () => {
      const failed: string[] = [];
      const giveBack = (messageId: string, what: string, failure: unknown): void => {
        logFailure(what, failure);
        failed.push(messageId);
      };
      const messageIds = new Map<z.infer<S>, string>();
      for (const { messageId, body } of event.Records) {
        await withLogFields({ messageId }, async () => {
          try {
            messageIds.set(readMessage(message, body), messageId);
          } catch (error) {
            giveBack(messageId, "message cannot be read, it will be delivered again", error);
          }
        });
      }
      const outcomes = await run([...messageIds.keys()], { remainingMs: () => context.getRemainingTimeInMillis() });
      for (const [its, messageId] of messageIds) {
        await withLogFields({ messageId, ...idsOf(its) }, async () => {
          const outcome = outcomes.get(its);
          if (typeof outcome === "string") logger.info("message handled", { outcome });
          else giveBack(messageId, "message failed, it will be delivered again", outcome?.failure);
        });
      }
      return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
    }),
  );
