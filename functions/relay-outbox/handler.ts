import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, DynamoDBStreamEvent } from "aws-lambda";
import { readEnv } from "#shared/lambda/env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { streamWorker } from "#shared/lambda/stream-worker";
import { outboxRow } from "#shared/outbox/outbox";
import { sqsTaskQueues } from "#shared/outbox/sqs-task-queues";
import { tableNamed } from "#shared/table/table-client";
import { relayOutboxEnv } from "./env.ts";
import { relayRow, sweepOutbox } from "./relay-outbox.ts";

const env = readEnv(relayOutboxEnv);
const table = tableNamed(env.TABLE_NAME);
const queues = sqsTaskQueues(new SQSClient({}), {
  accounts: env.ACCOUNTS_QUEUE_URL,
  catalogue: env.CATALOGUE_QUEUE_URL,
  mail: env.MAIL_QUEUE_URL,
  "on-demand": env.ON_DEMAND_EXPORTS_QUEUE_URL,
  scheduled: env.SCHEDULED_EXPORTS_QUEUE_URL,
  disconnects: env.DISCONNECTS_QUEUE_URL,
});

const fromStream = streamWorker({ row: outboxRow, run: relayRow({ table, queues }) });
const fromSchedule = scheduledJob(sweepOutbox({ table, queues, now: () => new Date() }));

const isStreamEvent = (event: DynamoDBStreamEvent | object): event is DynamoDBStreamEvent => "Records" in event;

/** Two triggers, one verb: the stream as soon as a row appears, the schedule for what the stream missed. */
export const handler = (event: DynamoDBStreamEvent | object, context: Context) =>
  isStreamEvent(event) ? fromStream(event, context) : fromSchedule(event, context);
