import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { exportUsage } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { breakerKeeper } from "#shared/breakers/keeper";
import { gradientClient } from "#shared/gradient/gradient-client";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueBatchWorker } from "#shared/lambda/queue-batch-worker";
import { taskOf } from "#shared/outbox/outbox";
import { systemClock } from "#shared/pace/system-clock";
import { vendorKeyIn } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";

const env = readEnv(gradientEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const vault = secretsManagerVault(secrets);
const vendorKey = vendorKeyIn(secrets, env.VENDOR_KEY_SECRET);
const clientWith = (key: string | (() => Promise<string>)) =>
  gradientClient({ baseUrl: env.GRADIENT_BASE_URL, vendorKey: key });
const { refusals } = breakerKeeper({
  table,
  clock: systemClock,
  newId: randomUUID,
  vault,
  vendorKey,
  gradientWith: (key) =>
    clientWith(key).as({ pacer: { slot: async () => Number.POSITIVE_INFINITY, slowDown: async () => undefined } }),
});

// more than this machine gets through: what is measured is the memory over many lines, not their pace
const perSecond = 2000;

/** The worker of export-usage, wired as its handler does it, but without waiting for Gradient's rate. */
export const handler = queueBatchWorker({
  message: taskOf["export-usage"],
  run: exportUsage({
    table,
    gradient: clientWith(async () => (await vendorKey.current()).key),
    vault,
    refusals,
    // its runs are those of one partner, so they share one row as under a vendor's limit
    pacersFor: lanePacers({ table, clock: systemClock, per: "vendor", perSecond }),
    // as many calls under way as in the service
    callsPerSecond: env.CALLS_PER_SECOND,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
  }),
});
