import { currentAgreement } from "#shared/agreements/agreement";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { shownIntegration } from "#shared/wiring/shown-integration";
import { readIntegrationEndpoint } from "./endpoint.ts";

const { table, view } = shownIntegration(readEnv(viewEnv));

export const handler = readIntegrationEndpoint({
  table,
  view,
  agreement: currentAgreement,
});
