import { createHash } from "node:crypto";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { awsFailure } from "../aws-failures.ts";
import type { Task } from "./outbox.ts";
import type { QueueUrls, TaskQueues } from "./task-queues.ts";

// SQS allows fewer characters in a group's id than the hub in its own
const digest = (id: string): string => createHash("sha256").update(id).digest("hex");

/** A partner with many messages does not keep others waiting: a standard queue is a fair one by its groups. */
const groupOf = (partnerId: string) => ({ MessageGroupId: digest(partnerId) });

const destination = (task: Task, urls: Partial<QueueUrls>) => {
  switch (task.kind) {
    case "sync-accounts":
      return { QueueUrl: urls.accounts, ...groupOf(task.partnerId) };
    case "sync-catalogue":
      return { QueueUrl: urls.catalogue };
    case "send-owner-mail":
      return { QueueUrl: urls.mail };
    case "close-connection":
      return { QueueUrl: urls.disconnects };
    case "export-usage":
      return { QueueUrl: urls[task.lane], ...groupOf(task.partnerId) };
  }
};

/**
 * Sends to those queues whose address is given; a task for another one is a fault in the wiring. With `patienceMs` an
 * answer that takes longer is not waited for: the message may have been sent all the same.
 */
export const sqsTaskQueues = (client: SQSClient, urls: Partial<QueueUrls>, patienceMs?: number): TaskQueues => ({
  send: async (task) => {
    const { QueueUrl, ...group } = destination(task, urls);
    if (QueueUrl === undefined) throw new Error(`No queue is wired for ${task.kind}`);
    await client
      .send(
        new SendMessageCommand({ QueueUrl, ...group, MessageBody: JSON.stringify(task) }),
        patienceMs === undefined ? {} : { abortSignal: AbortSignal.timeout(patienceMs) },
      )
      .catch((error: unknown) => {
        throw awsFailure(error, "queue.unavailable", "The service's queue");
      });
  },
});
