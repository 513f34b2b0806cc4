import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readEnv } from "#shared/lambda/env";
import { secretText } from "#shared/secrets/secret-text";
import { tableNamed } from "#shared/table/table-client";
import { receiveMappingWebhookEndpoint } from "./endpoint.ts";
import { receiveMappingWebhookEnv } from "./env.ts";
import { receiveMappingWebhook } from "./receive-mapping-webhook.ts";

const env = readEnv(receiveMappingWebhookEnv);
const now = () => new Date();

export const handler = receiveMappingWebhookEndpoint({
  receive: receiveMappingWebhook({ table: tableNamed(env.TABLE_NAME), now, newId: randomUUID }),
  readKeys: secretText(new SecretsManagerClient({}), env.WEBHOOK_KEYS_SECRET),
  now,
});
