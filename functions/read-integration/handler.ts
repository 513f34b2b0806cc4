import { currentAgreement } from "#shared/agreements/agreement";
import { obstacles } from "#shared/breakers/obstacle";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { tableNamed } from "#shared/table/table-client";
import { integrationView } from "#shared/views/integration-view";
import { readIntegrationEndpoint } from "./endpoint.ts";

const env = readEnv(viewEnv);
const table = tableNamed(env.TABLE_NAME);

export const handler = readIntegrationEndpoint({
  table,
  view: integrationView({
    table,
    gradientBaseUrl: env.GRADIENT_BASE_URL,
    now: () => new Date(),
    obstacleFor: obstacles(table),
  }),
  agreement: currentAgreement,
});
