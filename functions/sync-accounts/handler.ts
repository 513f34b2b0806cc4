import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import { systemClock } from "#shared/pace/system-clock";
import { gradientCalls } from "#shared/wiring/gradient-calls";
import { syncAccounts } from "./sync-accounts.ts";

const { table, vault, refusals, patientGradientFor } = gradientCalls(readEnv(gradientEnv));

export const handler = queueWorker({
  message: taskOf["sync-accounts"],
  run: syncAccounts({
    table,
    gradientFor: patientGradientFor,
    vault,
    refusals,
    clock: systemClock,
    newId: randomUUID,
  }),
});
