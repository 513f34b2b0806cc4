import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type AwsCall, localRegion } from "../../aws/aws-call.ts";
import type { Outcome } from "../functions/function-process.ts";
import type { LocalQueue } from "../provision/provision-queues.ts";
import { failedRecords } from "./batch-failures.ts";

interface QueueSourceOptions {
  sqs: AwsCall;
  queue: LocalQueue;
  batchSize: number;
  windowSeconds: number;
  reportsFailures: boolean;
  maxConcurrency: number;
  invoke(event: unknown): Promise<Outcome>;
}

const attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const receivedMessage = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string().default(""),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), attribute).default({}),
});
type ReceivedMessage = z.infer<typeof receivedMessage>;

const received = z.object({ Messages: z.array(receivedMessage).nullish() });

// SQS's own limits
const receiveLimit = 10;
const longPollSeconds = 20;

const toRecord = (message: ReceivedMessage, queueArn: string) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: "aws:sqs",
  eventSourceARN: queueArn,
  awsRegion: localRegion,
});

/**
 * Takes messages from a queue to its function, as an event source mapping does: what succeeded is deleted, what failed
 * comes back after its visibility timeout.
 */
export const startQueueSource = (options: QueueSourceOptions): { close(): void } => {
  const { sqs, queue, batchSize, windowSeconds, reportsFailures, maxConcurrency, invoke } = options;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  const receive = async (count: number, waitSeconds: number): Promise<ReceivedMessage[]> => {
    const body = {
      QueueUrl: queue.url,
      MaxNumberOfMessages: Math.min(count, receiveLimit),
      WaitTimeSeconds: Math.min(waitSeconds, longPollSeconds),
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    return received.parse(await sqs("AmazonSQS.ReceiveMessage", body, closing.signal)).Messages ?? [];
  };

  const receiveBatch = async (): Promise<ReceivedMessage[]> => {
    const batch = await receive(batchSize, longPollSeconds);
    const untilMs = Date.now() + windowSeconds * 1000;
    while (batch.length > 0 && batch.length < batchSize && Date.now() < untilMs) {
      const waitSeconds = Math.min(1, Math.ceil((untilMs - Date.now()) / 1000));
      batch.push(...(await receive(batchSize - batch.length, waitSeconds)));
    }
    return batch;
  };

  const remove = async (messages: ReceivedMessage[]): Promise<void> => {
    for (let from = 0; from < messages.length; from += receiveLimit) {
      const entries = messages.slice(from, from + receiveLimit);
      await sqs("AmazonSQS.DeleteMessageBatch", {
        QueueUrl: queue.url,
        Entries: entries.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
  };

  const deliver = async (batch: ReceivedMessage[]): Promise<void> => {
    const outcome = await invoke({ Records: batch.map((message) => toRecord(message, queue.arn)) });
    const ids = batch.map(({ MessageId }) => MessageId);
    const failed = failedRecords(ids, outcome, reportsFailures);
    await remove(batch.filter(({ MessageId }) => !failed.has(MessageId)));
  };

  const poll = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        const batch = await receiveBatch();
        if (batch.length > 0) {
          const delivery: Promise<void> = deliver(batch)
            .catch(() => undefined)
            .finally(() => running.delete(delivery));
          running.add(delivery);
        }
        if (running.size >= maxConcurrency) {
          await Promise.race(running);
        }
      } catch {
        // the queue is away for a moment, or we are closing
        await sleep(500);
      }
    }
  };

  void poll();
  return { close: () => closing.abort() };
};
