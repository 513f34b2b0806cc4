import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { breakerKeeper } from "#shared/breakers/keeper";
import { gradientClient } from "#shared/gradient/gradient-client";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueBatchWorker } from "#shared/lambda/queue-batch-worker";
import { taskOf } from "#shared/outbox/outbox";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import type { Rate } from "#shared/pace/table-slots";
import { vendorKeyIn } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { exportUsage } from "./export-usage.ts";
import { lanePacers } from "./lane-pacers.ts";

const env = readEnv(gradientEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const vault = secretsManagerVault(secrets);
const vendorKey = vendorKeyIn(secrets, env.VENDOR_KEY_SECRET);
const rate: Rate = { table, clock: systemClock, per: env.LIMITER_KEY, perSecond: env.CALLS_PER_SECOND };
const clientWith = (key: string | (() => Promise<string>)) =>
  gradientClient({ baseUrl: env.GRADIENT_BASE_URL, vendorKey: key });
const pacerFor = singleCallPacer(rate, { class: "low" });
const { refusals } = breakerKeeper({
  table,
  clock: systemClock,
  newId: randomUUID,
  vault,
  vendorKey,
  gradientWith: (key, partnerId) => clientWith(key).as({ pacer: pacerFor(partnerId) }),
});

export const handler = queueBatchWorker({
  message: taskOf["export-usage"],
  run: exportUsage({
    table,
    gradient: clientWith(async () => (await vendorKey.current()).key),
    vault,
    refusals,
    pacersFor: lanePacers(rate),
    callsPerSecond: env.CALLS_PER_SECOND,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
  }),
});
