import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { gradientCalls } from "#shared/wiring/gradient-calls";
import { admitExports } from "./admit-exports.ts";

const env = readEnv(gradientEnv);
const { table, refusals, probeDue } = gradientCalls(env);

export const handler = scheduledJob(
  admitExports({
    table,
    now: () => new Date(),
    newId: randomUUID,
    random: Math.random,
    linesPerSecond: env.CALLS_PER_SECOND,
    obstacleFor: refusals.obstacleFor,
    probeDue,
  }),
);
