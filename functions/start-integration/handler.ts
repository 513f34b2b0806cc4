import { randomUUID } from "node:crypto";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { shownIntegration } from "#shared/wiring/shown-integration";
import { startIntegrationEndpoint } from "./endpoint.ts";
import { startIntegration } from "./start-integration.ts";

const { table, view } = shownIntegration(readEnv(viewEnv));
const guard = changeGuard({ table, now: () => new Date() });

export const handler = startIntegrationEndpoint(
  startIntegration({ table: guard.table, now: () => new Date(), newId: randomUUID }),
  view,
  guard,
);
