import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { gradientClient } from "#shared/gradient/gradient-client";
import { readEnv } from "#shared/lambda/env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import { sqsTaskQueues } from "#shared/outbox/sqs-task-queues";
import { systemClock } from "#shared/pace/system-clock";
import { limiterName, tableSlots } from "#shared/pace/table-slots";
import { secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { exportUsageEnv } from "./env.ts";
import { exportUsage } from "./export-usage.ts";

const env = readEnv(exportUsageEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});

export const handler = queueWorker({
  message: taskOf["export-usage"],
  run: exportUsage({
    table,
    gradient: gradientClient({
      baseUrl: env.GRADIENT_BASE_URL,
      vendorKey: secretText(secrets, env.VENDOR_KEY_SECRET),
    }),
    vault: secretsManagerVault(secrets),
    queues: sqsTaskQueues(new SQSClient({}), {
      "on-demand": env.ON_DEMAND_EXPORTS_QUEUE_URL,
      scheduled: env.SCHEDULED_EXPORTS_QUEUE_URL,
    }),
    slotsFor: (partnerId) =>
      tableSlots(table, limiterName(env.LIMITER_KEY, partnerId), systemClock, env.CALLS_PER_SECOND),
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
  }),
});
