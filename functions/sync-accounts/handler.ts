import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { gradientClient } from "#shared/gradient/gradient-client";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { readEnv } from "#shared/lambda/env";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import { secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { syncAccountsEnv } from "./env.ts";
import { syncAccounts } from "./sync-accounts.ts";
import { syncAccountsWorker } from "./worker.ts";

const env = readEnv(syncAccountsEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const gradient = gradientClient({
  baseUrl: env.GRADIENT_BASE_URL,
  vendorKey: secretText(secrets, env.VENDOR_KEY_SECRET),
});
const pacerFor = singleCallPacer(table, env.LIMITER_KEY, systemClock);

export const handler = syncAccountsWorker(
  syncAccounts({
    table,
    gradientFor: (partnerId) =>
      patientGradient(gradient, { pacer: pacerFor(partnerId), clock: systemClock, patienceMs: 15_000 }),
    vault: secretsManagerVault(secrets),
    clock: systemClock,
    newId: randomUUID,
  }),
);
