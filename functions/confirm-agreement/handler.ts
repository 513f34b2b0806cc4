import { randomUUID } from "node:crypto";
import { currentAgreement } from "#shared/agreements/agreement";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { viewEnv } from "#shared/lambda/view-env";
import { shownIntegration } from "#shared/wiring/shown-integration";
import { confirmAgreement } from "./confirm-agreement.ts";
import { confirmAgreementEndpoint } from "./endpoint.ts";

const { table, view } = shownIntegration(readEnv(viewEnv));
const guard = changeGuard({ table, now: () => new Date() });

export const handler = confirmAgreementEndpoint(
  confirmAgreement({ table: guard.table, agreement: currentAgreement, now: () => new Date(), newId: randomUUID }),
  view,
  guard,
);
