import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { gradientClient } from "#shared/gradient/gradient-client";
import { patientGradient, unpaced } from "#shared/gradient/patient-gradient";
import { integrationView } from "#shared/integrations/integration-view";
import { readEnv } from "#shared/lambda/env";
import { systemClock } from "#shared/pace/system-clock";
import { secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { registerTokenEndpoint } from "./endpoint.ts";
import { registerTokenEnv } from "./env.ts";
import { registerToken } from "./register-token.ts";

const env = readEnv(registerTokenEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
// two calls and their repeats fit into the ten seconds that a person is made to wait
const gradient = gradientClient({
  baseUrl: env.GRADIENT_BASE_URL,
  vendorKey: secretText(secrets, env.VENDOR_KEY_SECRET),
  timeoutMs: 2_500,
});

export const handler = registerTokenEndpoint(
  registerToken({
    table,
    gradient: patientGradient(gradient, { pacer: unpaced, clock: systemClock, patienceMs: 2_000 }),
    vault: secretsManagerVault(secrets),
    secretPrefix: env.PARTNER_SECRET_PREFIX,
    hashKey: secretText(secrets, env.TOKEN_HASH_KEY_SECRET),
    now: () => new Date(),
    newId: randomUUID,
  }),
  integrationView({ table, gradientBaseUrl: env.GRADIENT_BASE_URL }),
);
