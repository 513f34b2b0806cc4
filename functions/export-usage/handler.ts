import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueBatchWorker } from "#shared/lambda/queue-batch-worker";
import { taskOf } from "#shared/outbox/outbox";
import { systemClock } from "#shared/pace/system-clock";
import { gradientCalls } from "#shared/wiring/gradient-calls";
import { exportUsage } from "./export-usage.ts";
import { lanePacers } from "./lane-pacers.ts";

const env = readEnv(gradientEnv);
const { table, gradient, vault, refusals, rate } = gradientCalls(env);

export const handler = queueBatchWorker({
  message: taskOf["export-usage"],
  run: exportUsage({
    table,
    gradient,
    vault,
    refusals,
    pacersFor: lanePacers(rate),
    callsPerSecond: env.CALLS_PER_SECOND,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
  }),
});
