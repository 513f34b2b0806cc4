import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { breakerKeeper } from "#shared/breakers/keeper";
import { gradientClient } from "#shared/gradient/gradient-client";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import { vendorKeyIn } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { admitExports } from "./admit-exports.ts";

const env = readEnv(gradientEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const pacerFor = singleCallPacer(
  { table, clock: systemClock, per: env.LIMITER_KEY, perSecond: env.CALLS_PER_SECOND },
  { class: "low" },
);
const keeper = breakerKeeper({
  table,
  clock: systemClock,
  newId: randomUUID,
  vault: secretsManagerVault(secrets),
  vendorKey: vendorKeyIn(secrets, env.VENDOR_KEY_SECRET),
  gradientWith: (vendorKey, partnerId) =>
    gradientClient({ baseUrl: env.GRADIENT_BASE_URL, vendorKey }).as({ pacer: pacerFor(partnerId) }),
});

export const handler = scheduledJob(
  admitExports({
    table,
    now: () => new Date(),
    newId: randomUUID,
    random: Math.random,
    linesPerSecond: env.CALLS_PER_SECOND,
    obstacleFor: keeper.refusals.obstacleFor,
    probeDue: keeper.probeDue,
  }),
);
