import { randomUUID } from "node:crypto";
import { exportUsage } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueBatchWorker } from "#shared/lambda/queue-batch-worker";
import { taskOf } from "#shared/outbox/outbox";
import { systemClock } from "#shared/pace/system-clock";
import { gradientCalls } from "#shared/wiring/gradient-calls";

const env = readEnv(gradientEnv);
// More than this machine gets through: what is measured is the memory over many lines, not their pace. Its runs are
// those of one partner, so they share one row as under a vendor's limit.
const { table, gradient, vault, refusals, rate } = gradientCalls({
  ...env,
  LIMITER_KEY: "vendor",
  CALLS_PER_SECOND: 2000,
});

/** The worker of export-usage, wired as its handler does it, but without waiting for Gradient's rate. */
export const handler = queueBatchWorker({
  message: taskOf["export-usage"],
  run: exportUsage({
    table,
    gradient,
    vault,
    refusals,
    pacersFor: lanePacers(rate),
    // as many calls under way as in the service
    callsPerSecond: env.CALLS_PER_SECOND,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
  }),
});
