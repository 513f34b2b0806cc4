import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { obstaclesToCalls } from "#shared/breakers/state/obstacle";
import { gradientClient } from "#shared/gradient/gradient-client";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import { keptForPersonsMs, secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { closeConnection } from "./close-connection.ts";

const env = readEnv(gradientEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const gradient = gradientClient({
  baseUrl: env.GRADIENT_BASE_URL,
  vendorKey: secretText(secrets, env.VENDOR_KEY_SECRET, { keptMs: keptForPersonsMs }),
});
const pacerFor = singleCallPacer(
  { table, clock: systemClock, per: env.LIMITER_KEY, perSecond: env.CALLS_PER_SECOND },
  { class: "person-call" },
);

export const handler = queueWorker({
  message: taskOf["close-connection"],
  run: closeConnection({
    table,
    gradientFor: (partnerId) => gradient.as({ pacer: pacerFor(partnerId) }),
    vault: secretsManagerVault(secrets),
    clock: systemClock,
    newId: randomUUID,
    obstacleFor: obstaclesToCalls(table),
  }),
});
