import { randomUUID } from "node:crypto";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { shownIntegration } from "#shared/wiring/shown-integration";
import { putNotificationsEndpoint } from "./endpoint.ts";
import { putNotifications } from "./put-notifications.ts";

const { table, view } = shownIntegration(readEnv(viewEnv));
const guard = changeGuard({ table, now: () => new Date() });

export const handler = putNotificationsEndpoint(
  putNotifications({ table: guard.table, now: () => new Date(), newId: randomUUID }),
  view,
  guard,
);
