import { currentAgreement } from "#shared/agreements/agreement";
import { integrationView } from "#shared/integrations/integration-view";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { readIntegrationEndpoint } from "./endpoint.ts";
import { readIntegrationEnv } from "./env.ts";

const env = readEnv(readIntegrationEnv);
const table = tableNamed(env.TABLE_NAME);

export const handler = readIntegrationEndpoint({
  table,
  view: integrationView({ table, gradientBaseUrl: env.GRADIENT_BASE_URL }),
  agreement: currentAgreement,
});
