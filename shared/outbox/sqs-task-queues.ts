import { createHash } from "node:crypto";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { awsFailure } from "../aws-failures.ts";
import type { Task } from "./outbox.ts";
import type { QueueUrls, TaskQueues } from "./task-queues.ts";

// SQS allows fewer characters in these ids than the hub in its own
const digest = (...parts: (string | number)[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

const destination = (task: Task, urls: Partial<QueueUrls>) => {
  switch (task.kind) {
    case "sync-accounts":
      return { QueueUrl: urls.accounts };
    case "send-owner-mail":
      return { QueueUrl: urls.mail };
    case "close-connection":
      return { QueueUrl: urls.disconnects };
    case "export-usage":
      return {
        QueueUrl: urls[task.lane],
        // one sender at a time for a partner's lines
        MessageGroupId: digest(task.partnerId),
        // the queue looks for repeats across all groups, and partners that are due together have exports of the same id
        MessageDeduplicationId: digest(task.partnerId, task.exportId, task.leg),
      };
  }
};

/** Sends to those queues whose address is given; a task for another one is a fault in the wiring. */
export const sqsTaskQueues = (client: SQSClient, urls: Partial<QueueUrls>): TaskQueues => ({
  send: async (task) => {
    const { QueueUrl, ...fifo } = destination(task, urls);
    if (QueueUrl === undefined) throw new Error(`No queue is wired for ${task.kind}`);
    await client
      .send(new SendMessageCommand({ QueueUrl, ...fifo, MessageBody: JSON.stringify(task) }))
      .catch((error: unknown) => {
        throw awsFailure(error, "queue.unavailable", "The service's queue");
      });
  },
});
