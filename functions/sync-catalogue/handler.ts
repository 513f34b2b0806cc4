import { randomUUID } from "node:crypto";
import type { Context, SQSEvent } from "aws-lambda";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { taskOf } from "#shared/outbox/outbox";
import { systemClock } from "#shared/pace/system-clock";
import { gradientCalls } from "#shared/wiring/gradient-calls";
import { syncCatalogue } from "./sync-catalogue.ts";

const { table, vault, refusals, patientGradientFor } = gradientCalls(readEnv(gradientEnv));

const sync = syncCatalogue({
  table,
  gradientFor: patientGradientFor,
  vault,
  refusals,
  clock: systemClock,
  newId: randomUUID,
});

const fromQueue = queueWorker({
  message: taskOf["sync-catalogue"],
  run: async (_, invocation) => `created ${(await sync(invocation)).created}`,
});
const fromSchedule = scheduledJob(async (invocation) => ({ ...(await sync(invocation)) }));

const isQueueEvent = (event: SQSEvent | object): event is SQSEvent => "Records" in event;

/** Two triggers, one verb: a message as soon as a service is put, the schedule for what could not be created then. */
export const handler = (event: SQSEvent | object, context: Context) =>
  isQueueEvent(event) ? fromQueue(event, context) : fromSchedule(event, context);
