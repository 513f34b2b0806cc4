import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { changeGuard } from "#shared/calls/change-guard";
import { gradientClient } from "#shared/gradient/gradient-client";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { readEnv } from "#shared/lambda/env";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import { keptForPersonsMs, secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { shownIntegration } from "#shared/wiring/shown-integration";
import { registerTokenEndpoint } from "./endpoint.ts";
import { registerTokenEnv } from "./env.ts";
import { patienceMs, tryTimeoutMs } from "./patience.ts";
import { registerToken } from "./register-token.ts";

const env = readEnv(registerTokenEnv);
const { table, view } = shownIntegration(env);
const guard = changeGuard({ table, now: () => new Date() });
const secrets = new SecretsManagerClient({});
const gradient = gradientClient({
  baseUrl: env.GRADIENT_BASE_URL,
  vendorKey: secretText(secrets, env.VENDOR_KEY_SECRET, { keptMs: keptForPersonsMs }),
  timeoutMs: tryTimeoutMs,
});
const pacerFor = singleCallPacer(
  { table, clock: systemClock, per: env.LIMITER_KEY, perSecond: env.CALLS_PER_SECOND },
  { class: "person-call", patienceMs },
);

export const handler = registerTokenEndpoint(
  registerToken({
    table: guard.table,
    gradientFor: (partnerId) =>
      patientGradient(gradient.as({ pacer: pacerFor(partnerId) }), { clock: systemClock, patienceMs }),
    vault: secretsManagerVault(secrets),
    secretPrefix: env.PARTNER_SECRET_PREFIX,
    hashKey: secretText(secrets, env.TOKEN_HASH_KEY_SECRET),
    now: () => new Date(),
    newId: randomUUID,
    random: Math.random,
  }),
  view,
  guard,
);
