import { cancelExport } from "#functions/cancel-export/cancel-export";
import { cancelExportEndpoint } from "#functions/cancel-export/endpoint";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { checkMappingEndpoint } from "#functions/check-mapping/endpoint";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { confirmAgreementEndpoint } from "#functions/confirm-agreement/endpoint";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { disconnectIntegrationEndpoint } from "#functions/disconnect-integration/endpoint";
import { leaveOutEndpoint } from "#functions/leave-out/endpoint";
import { leaveOut } from "#functions/leave-out/leave-out";
import { putScheduleEndpoint } from "#functions/put-schedule/endpoint";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { registerTokenEndpoint } from "#functions/register-token/endpoint";
import { resendOwnerMailEndpoint } from "#functions/resend-owner-mail/endpoint";
import { resendOwnerMail } from "#functions/resend-owner-mail/resend-owner-mail";
import { startExportEndpoint } from "#functions/start-export/endpoint";
import { startExport } from "#functions/start-export/start-export";
import { startIntegrationEndpoint } from "#functions/start-integration/endpoint";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { integrationView } from "#shared/views/integration-view";
import { anHttpEvent, call, type HttpCall } from "#test/builders/http-event";
import { countingIds } from "#test/builders/time";
import type { ServiceWorld } from "#test/fakes/service-world";

const base = "/v1/integrations/gradient";

/** Every route of the hub UI that changes something, as API Gateway names it. */
export const changingRoutes = {
  start: `POST ${base}`,
  token: `PUT ${base}/token`,
  confirm: `POST ${base}/agreement/confirmations`,
  resend: `POST ${base}/agreement/confirmations/{version}/owner-email`,
  check: `POST ${base}/mapping/checks`,
  exclude: `POST ${base}/mapping/exclusions`,
  include: `POST ${base}/mapping/inclusions`,
  startExport: `POST ${base}/exports`,
  cancelExport: `DELETE ${base}/exports/{exportId}`,
  schedule: `PUT ${base}/schedule`,
  disconnect: `DELETE ${base}`,
} as const;
export type ChangingRoute = keyof typeof changingRoutes;

/** The endpoints of those routes on one world, asked with exact events of a person of its partner. */
export const hubApi = (world: ServiceWorld) => {
  const deps = { ...world.common, newId: countingIds() };
  const view = integrationView({
    table: world.table,
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(),
    obstacleFor: async () => null,
  });
  const doors = {
    start: startIntegrationEndpoint(startIntegration(deps), view),
    token: registerTokenEndpoint(world.register, view),
    confirm: confirmAgreementEndpoint(confirmAgreement({ ...deps, agreement: currentAgreement }), view),
    resend: resendOwnerMailEndpoint(resendOwnerMail(deps)),
    check: checkMappingEndpoint(checkMapping(deps)),
    exclude: leaveOutEndpoint(leaveOut(deps)),
    include: leaveOutEndpoint(leaveOut(deps)),
    startExport: startExportEndpoint(startExport(deps)),
    cancelExport: cancelExportEndpoint(cancelExport(deps)),
    schedule: putScheduleEndpoint(putSchedule(deps), view),
    disconnect: disconnectIntegrationEndpoint(disconnectIntegration(deps), view),
  };
  return {
    ask: (route: ChangingRoute, { person, ...rest }: Omit<HttpCall, "routeKey"> = {}) =>
      call(
        doors[route],
        anHttpEvent({ routeKey: changingRoutes[route], ...rest, person: { org_id: world.partnerId, ...person } }),
      ),
  };
};
