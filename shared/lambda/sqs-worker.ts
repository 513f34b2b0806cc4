import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";
import { logger, withLogFields } from "../logger.ts";
import { logFailure } from "./problems.ts";

interface Worker<S extends z.ZodType> {
  message: S;
  /** Returns: done, the message goes. Throws: again later, in the end to the dead letters. */
  run: (message: z.infer<S>, invocation: { remainingMs: () => number }) => Promise<string>;
}

/** One queue door. A record that fails returns to the queue alone; of a FIFO group, what follows it returns too. */
export const sqsWorker = <S extends z.ZodType>({ message, run }: Worker<S>) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const failed = new Set<string>();
    const failedGroups = new Set<string>();
    const handle = async (record: SQSRecord) => {
      const group = record.attributes.MessageGroupId;
      if (group !== undefined && failedGroups.has(group)) return void failed.add(record.messageId);
      try {
        const outcome = await withLogFields(
          { awsRequestId: context.awsRequestId, messageId: record.messageId },
          async () => {
            const result = await run(message.parse(JSON.parse(record.body)), {
              remainingMs: () => context.getRemainingTimeInMillis(),
            });
            logger.info("message handled", { outcome: result });
            return result;
          },
        );
        return outcome;
      } catch (error) {
        logFailure("message failed, it will be delivered again", error);
        failed.add(record.messageId);
        if (group !== undefined) failedGroups.add(group);
      }
    };
    for (const record of event.Records) await handle(record);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  });
