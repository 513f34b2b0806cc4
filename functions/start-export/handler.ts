import { randomUUID } from "node:crypto";
import { SQSClient } from "@aws-sdk/client-sqs";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { sqsTaskQueues } from "#shared/outbox/sqs-task-queues";
import { tableNamed } from "#shared/table/table-client";
import { startExportEndpoint } from "./endpoint.ts";
import { startExportEnv } from "./env.ts";
import { hastened } from "./hasten.ts";
import { startExport } from "./start-export.ts";

const env = readEnv(startExportEnv);
const guard = changeGuard({ table: tableNamed(env.TABLE_NAME), now: () => new Date() });
// a person waits for the answer, and not for a queue that is out of order
const patienceMs = 400;
const queues = sqsTaskQueues(
  new SQSClient({ maxAttempts: 1 }),
  { "on-demand": env.ON_DEMAND_EXPORTS_QUEUE_URL },
  patienceMs,
);

export const handler = startExportEndpoint(
  hastened(startExport({ table: guard.table, now: () => new Date(), newId: randomUUID, random: Math.random }), queues),
  guard,
);
