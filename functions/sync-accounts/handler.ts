import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { gradientClient } from "#shared/gradient/gradient-client";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { taskOf } from "#shared/outbox/outbox";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import { secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { syncAccounts } from "./sync-accounts.ts";

const env = readEnv(gradientEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const gradient = gradientClient({
  baseUrl: env.GRADIENT_BASE_URL,
  vendorKey: secretText(secrets, env.VENDOR_KEY_SECRET),
});
const pacerFor = singleCallPacer(table, env.LIMITER_KEY, systemClock, env.CALLS_PER_SECOND);

export const handler = queueWorker({
  message: taskOf["sync-accounts"],
  run: syncAccounts({
    table,
    gradientFor: (partnerId) =>
      patientGradient(gradient, { pacer: pacerFor(partnerId), clock: systemClock, patienceMs: 15_000 }),
    vault: secretsManagerVault(secrets),
    clock: systemClock,
    newId: randomUUID,
  }),
});
