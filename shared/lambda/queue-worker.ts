import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { logFailure } from "../log-failure.ts";
import { logger, withLogFields } from "../logger.ts";
import { faultsOf } from "../stored.ts";

interface Worker<S extends z.ZodType> {
  message: S;
  /** Returning means done: the message goes. Throwing means again: later, and in the end to the dead letters. */
  run: (message: z.infer<S>, invocation: { remainingMs: () => number }) => Promise<string>;
}

/** What a body says. The parser's own text would quote it. */
export const readMessage = <S extends z.ZodType>(schema: S, body: string): z.infer<S> => {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new Error("The message is not JSON.");
  }
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new Error(`The message cannot be read: ${faultsOf(parsed.error).join(", ")}`);
};

const whoseWork = z.object({
  partnerId: z.string(),
  exportId: z.string().optional(),
  mailId: z.string().optional(),
});

/** The ids that each line about a message has: whoever reads it looks for them, and the message may be gone by then. */
export const idsOf = (message: unknown) => whoseWork.safeParse(message).data ?? {};

/** One queue door. A record that fails returns to the queue alone; of a FIFO group, what follows it returns too. */
export const queueWorker = <S extends z.ZodType>({ message, run }: Worker<S>) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const failed = new Set<string>();
    const failedGroups = new Set<string>();
    const remainingMs = () => context.getRemainingTimeInMillis();

    const handle = async ({ messageId, body, attributes: { MessageGroupId: group } }: SQSRecord): Promise<void> => {
      const giveBack = (error: unknown): void => {
        logFailure("message failed, it will be delivered again", error);
        failed.add(messageId);
        if (group !== undefined) failedGroups.add(group);
      };
      try {
        if (group !== undefined && failedGroups.has(group)) throw new Error("An earlier message of the group failed");
        const its = readMessage(message, body);
        await withLogFields(idsOf(its), () =>
          run(its, { remainingMs }).then((outcome) => logger.info("message handled", { outcome }), giveBack),
        );
      } catch (error) {
        giveBack(error);
      }
    };

    const { awsRequestId } = context;
    for (const record of event.Records) {
      await withLogFields({ awsRequestId, messageId: record.messageId }, () => handle(record));
    }
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  });
