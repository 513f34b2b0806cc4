import { cancelExport } from "#functions/cancel-export/cancel-export";
import { cancelExportEndpoint } from "#functions/cancel-export/endpoint";
import { cancelExportRoute } from "#functions/cancel-export/route";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { checkMappingEndpoint } from "#functions/check-mapping/endpoint";
import { checkMappingRoute } from "#functions/check-mapping/route";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { confirmAgreementEndpoint } from "#functions/confirm-agreement/endpoint";
import { confirmAgreementRoute } from "#functions/confirm-agreement/route";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { disconnectIntegrationEndpoint } from "#functions/disconnect-integration/endpoint";
import { disconnectIntegrationRoute } from "#functions/disconnect-integration/route";
import { leaveOutEndpoint } from "#functions/leave-out/endpoint";
import { leaveOut } from "#functions/leave-out/leave-out";
import { exclusionsRoute, inclusionsRoute } from "#functions/leave-out/route";
import { putNotificationsEndpoint } from "#functions/put-notifications/endpoint";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { putNotificationsRoute } from "#functions/put-notifications/route";
import { putPartnerEndpoint } from "#functions/put-partner/endpoint";
import { putPartner } from "#functions/put-partner/put-partner";
import { putPartnerRoute } from "#functions/put-partner/route";
import { putScheduleEndpoint } from "#functions/put-schedule/endpoint";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { putScheduleRoute } from "#functions/put-schedule/route";
import { putServiceEndpoint } from "#functions/put-service/endpoint";
import { putService } from "#functions/put-service/put-service";
import { putServiceRoute } from "#functions/put-service/route";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { readRoutes } from "#functions/read-integration/route";
import { readPartnerEndpoint } from "#functions/read-partner/endpoint";
import { readPartner } from "#functions/read-partner/read-partner";
import { readPartnerRoute } from "#functions/read-partner/route";
import { receiveMappingWebhookEndpoint } from "#functions/receive-mapping-webhook/endpoint";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { receiveMappingWebhookRoute } from "#functions/receive-mapping-webhook/route";
import { recordCustomersEndpoint } from "#functions/record-customers/endpoint";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordCustomersRoute } from "#functions/record-customers/route";
import { recordUsageEndpoint } from "#functions/record-usage/endpoint";
import { recordUsage } from "#functions/record-usage/record-usage";
import { recordUsageRoute } from "#functions/record-usage/route";
import { registerTokenEndpoint } from "#functions/register-token/endpoint";
import { registerTokenRoute } from "#functions/register-token/route";
import { removeCustomerEndpoint } from "#functions/remove-customer/endpoint";
import { removeCustomer, removeCustomers } from "#functions/remove-customer/remove-customer";
import { removeCustomerRoute, removeCustomersRoute } from "#functions/remove-customer/route";
import { resendOwnerMailEndpoint } from "#functions/resend-owner-mail/endpoint";
import { resendOwnerMail } from "#functions/resend-owner-mail/resend-owner-mail";
import { resendOwnerMailRoute } from "#functions/resend-owner-mail/route";
import { startExportEndpoint } from "#functions/start-export/endpoint";
import { startExportRoute } from "#functions/start-export/route";
import { startExport } from "#functions/start-export/start-export";
import { startIntegrationEndpoint } from "#functions/start-integration/endpoint";
import { startIntegrationRoute } from "#functions/start-integration/route";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { changeGuard } from "#shared/calls/change-guard";
import { keyOf, type Route } from "#shared/lambda/http/route";
import { integrationView } from "#shared/views/integration-view";
import { aFeedEvent, anHttpEvent, call, type Door, type HttpCall } from "#test/builders/http-event";
import { webhookSecret } from "#test/builders/signed-webhook";
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
  notifications: `PUT ${base}/notifications`,
  disconnect: `DELETE ${base}`,
} as const;
export type ChangingRoute = keyof typeof changingRoutes;

/** Every route of the service on one world, by its key. */
export const doorsOf = (world: ServiceWorld, callsPerMinute = 10_000): Map<string, Door> => {
  const { table } = world;
  const guard = changeGuard({ table, now: world.common.now, callsPerMinute });
  const deps = { ...world.common, table: guard.table, newId: countingIds() };
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now: world.common.now,
    obstacleFor: async () => null,
  });
  const reading = readIntegrationEndpoint({ table, view, agreement: currentAgreement });
  const removing = removeCustomerEndpoint({ removeOne: removeCustomer(deps), removeMany: removeCustomers(deps) });
  const doors: [Pick<Route, "method" | "path">, Door][] = [
    [startIntegrationRoute, startIntegrationEndpoint(startIntegration(deps), view, guard)],
    [registerTokenRoute, registerTokenEndpoint(world.register, view, guard)],
    [
      confirmAgreementRoute,
      confirmAgreementEndpoint(confirmAgreement({ ...deps, agreement: currentAgreement }), view, guard),
    ],
    [resendOwnerMailRoute, resendOwnerMailEndpoint(resendOwnerMail(deps), guard)],
    [checkMappingRoute, checkMappingEndpoint(checkMapping(deps), guard)],
    [exclusionsRoute, leaveOutEndpoint(leaveOut(deps), guard)],
    [inclusionsRoute, leaveOutEndpoint(leaveOut(deps), guard)],
    [startExportRoute, startExportEndpoint(startExport(deps), guard)],
    [cancelExportRoute, cancelExportEndpoint(cancelExport(deps), guard)],
    [putScheduleRoute, putScheduleEndpoint(putSchedule(deps), view, guard)],
    [putNotificationsRoute, putNotificationsEndpoint(putNotifications(deps), view, guard)],
    [disconnectIntegrationRoute, disconnectIntegrationEndpoint(disconnectIntegration(deps), view, guard)],
    ...readRoutes.map((declared): [Pick<Route, "method" | "path">, Door] => [declared, reading]),
    [putServiceRoute, putServiceEndpoint(putService(deps))],
    [putPartnerRoute, putPartnerEndpoint(putPartner(deps))],
    [recordCustomersRoute, recordCustomersEndpoint(recordCustomers(deps))],
    [removeCustomerRoute, removing],
    [removeCustomersRoute, removing],
    [readPartnerRoute, readPartnerEndpoint(readPartner(deps))],
    [recordUsageRoute, recordUsageEndpoint(recordUsage(deps))],
    [
      receiveMappingWebhookRoute,
      receiveMappingWebhookEndpoint({
        receive: receiveMappingWebhook(deps),
        readKeys: async () => JSON.stringify([webhookSecret]),
        now: deps.now,
      }),
    ],
  ];
  return new Map(doors.map(([declared, door]) => [keyOf(declared), door]));
};

/** The endpoints of those routes on one world, asked with exact events of a person of its partner. */
export const hubApi = (world: ServiceWorld, callsPerMinute?: number) => {
  const doors = doorsOf(world, callsPerMinute);
  const doorOf = (routeKey: string): Door => {
    const door = doors.get(routeKey);
    if (!door) throw new Error(`${routeKey} is no route of the service.`);
    return door;
  };
  const asPerson = ({ person, ...rest }: HttpCall) =>
    call(doorOf(rest.routeKey), anHttpEvent({ ...rest, person: { org_id: world.partnerId, ...person } }));
  return {
    /** Any route, by its key. */
    asPerson,
    asFeed: (asked: Omit<HttpCall, "person">) => call(doorOf(asked.routeKey), aFeedEvent(asked)),
    ask: (route: ChangingRoute, asked: Omit<HttpCall, "routeKey"> = {}) =>
      asPerson({ routeKey: changingRoutes[route], ...asked }),
  };
};
