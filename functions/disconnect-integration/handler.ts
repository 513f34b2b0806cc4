import { randomUUID } from "node:crypto";
import { integrationView } from "#shared/integrations/integration-view";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { tableNamed } from "#shared/table/table-client";
import { disconnectIntegration } from "./disconnect-integration.ts";
import { disconnectIntegrationEndpoint } from "./endpoint.ts";

const env = readEnv(viewEnv);
const table = tableNamed(env.TABLE_NAME);

export const handler = disconnectIntegrationEndpoint(
  disconnectIntegration({ table, now: () => new Date(), newId: randomUUID }),
  integrationView({ table, gradientBaseUrl: env.GRADIENT_BASE_URL }),
);
