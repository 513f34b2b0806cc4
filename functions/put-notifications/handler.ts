import { randomUUID } from "node:crypto";
import { obstacles } from "#shared/breakers/obstacle";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { tableNamed } from "#shared/table/table-client";
import { integrationView } from "#shared/views/integration-view";
import { putNotificationsEndpoint } from "./endpoint.ts";
import { putNotifications } from "./put-notifications.ts";

const env = readEnv(viewEnv);
const table = tableNamed(env.TABLE_NAME);
const guard = changeGuard({ table, now: () => new Date() });

export const handler = putNotificationsEndpoint(
  putNotifications({ table: guard.table, now: () => new Date(), newId: randomUUID }),
  integrationView({
    table,
    gradientBaseUrl: env.GRADIENT_BASE_URL,
    now: () => new Date(),
    obstacleFor: obstacles(table),
  }),
  guard,
);
