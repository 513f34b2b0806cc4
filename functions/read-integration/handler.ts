import { currentAgreement } from "#shared/agreements/agreement";
import { integrationView } from "#shared/integrations/integration-view";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { tableNamed } from "#shared/table/table-client";
import { readIntegrationEndpoint } from "./endpoint.ts";

const env = readEnv(viewEnv);
const table = tableNamed(env.TABLE_NAME);

export const handler = readIntegrationEndpoint({
  table,
  view: integrationView({ table, gradientBaseUrl: env.GRADIENT_BASE_URL }),
  agreement: currentAgreement,
});
