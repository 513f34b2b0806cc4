import { randomUUID } from "node:crypto";
import { integrationView } from "#shared/integrations/integration-view";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { startIntegrationEndpoint } from "./endpoint.ts";
import { startIntegrationEnv } from "./env.ts";
import { startIntegration } from "./start-integration.ts";

const env = readEnv(startIntegrationEnv);
const table = tableNamed(env.TABLE_NAME);

export const handler = startIntegrationEndpoint(
  startIntegration({ table, now: () => new Date(), newId: randomUUID }),
  integrationView({ table, gradientBaseUrl: env.GRADIENT_BASE_URL }),
);
