import { cancelExportDocs, cancelExportRoute } from "#functions/cancel-export/route";
import { checkMappingDocs, checkMappingRoute } from "#functions/check-mapping/route";
import { confirmAgreementDocs, confirmAgreementRoute } from "#functions/confirm-agreement/route";
import { disconnectIntegrationDocs, disconnectIntegrationRoute } from "#functions/disconnect-integration/route";
import { exclusionsDocs, exclusionsRoute, inclusionsDocs, inclusionsRoute } from "#functions/leave-out/route";
import { putNotificationsDocs, putNotificationsRoute } from "#functions/put-notifications/route";
import { putPartnerDocs, putPartnerRoute } from "#functions/put-partner/route";
import { putScheduleDocs, putScheduleRoute } from "#functions/put-schedule/route";
import { putServiceDocs, putServiceRoute } from "#functions/put-service/route";
import {
  mappingDocs,
  mappingItemsDocs,
  mappingItemsRoute,
  mappingRoute,
} from "#functions/read-integration/mapping-routes";
import {
  agreementDocs,
  agreementRoute,
  disconnectionDocs,
  disconnectionRoute,
  eventsDocs,
  eventsRoute,
  exportDocs,
  exportRoute,
  exportsDocs,
  exportsRoute,
  integrationDocs,
  integrationRoute,
  receiptsDocs,
  receiptsRoute,
  usageDocs,
  usageRoute,
} from "#functions/read-integration/route";
import { readPartnerDocs, readPartnerRoute } from "#functions/read-partner/route";
import { receiveMappingWebhookDocs, receiveMappingWebhookRoute } from "#functions/receive-mapping-webhook/route";
import { recordCustomersDocs, recordCustomersRoute } from "#functions/record-customers/route";
import { recordUsageDocs, recordUsageRoute } from "#functions/record-usage/route";
import { registerTokenDocs, registerTokenRoute } from "#functions/register-token/route";
import {
  removeCustomerDocs,
  removeCustomerRoute,
  removeCustomersDocs,
  removeCustomersRoute,
} from "#functions/remove-customer/route";
import { resendOwnerMailDocs, resendOwnerMailRoute } from "#functions/resend-owner-mail/route";
import { startExportDocs, startExportRoute } from "#functions/start-export/route";
import { startIntegrationDocs, startIntegrationRoute } from "#functions/start-integration/route";

/** Every route of the service, in the order of its description, with the folder of the function that answers it. */
export const routes = [
  { folder: "put-service", route: putServiceRoute, docs: putServiceDocs },
  { folder: "put-partner", route: putPartnerRoute, docs: putPartnerDocs },
  { folder: "record-customers", route: recordCustomersRoute, docs: recordCustomersDocs },
  { folder: "read-partner", route: readPartnerRoute, docs: readPartnerDocs },
  { folder: "remove-customer", route: removeCustomerRoute, docs: removeCustomerDocs },
  { folder: "remove-customer", route: removeCustomersRoute, docs: removeCustomersDocs },
  { folder: "record-usage", route: recordUsageRoute, docs: recordUsageDocs },
  { folder: "start-integration", route: startIntegrationRoute, docs: startIntegrationDocs },
  { folder: "register-token", route: registerTokenRoute, docs: registerTokenDocs },
  { folder: "confirm-agreement", route: confirmAgreementRoute, docs: confirmAgreementDocs },
  { folder: "read-integration", route: integrationRoute, docs: integrationDocs },
  { folder: "read-integration", route: agreementRoute, docs: agreementDocs },
  { folder: "read-integration", route: disconnectionRoute, docs: disconnectionDocs },
  { folder: "read-integration", route: mappingRoute, docs: mappingDocs },
  { folder: "read-integration", route: mappingItemsRoute, docs: mappingItemsDocs },
  { folder: "read-integration", route: usageRoute, docs: usageDocs },
  { folder: "read-integration", route: exportsRoute, docs: exportsDocs },
  { folder: "read-integration", route: exportRoute, docs: exportDocs },
  { folder: "read-integration", route: receiptsRoute, docs: receiptsDocs },
  { folder: "read-integration", route: eventsRoute, docs: eventsDocs },
  { folder: "disconnect-integration", route: disconnectIntegrationRoute, docs: disconnectIntegrationDocs },
  { folder: "check-mapping", route: checkMappingRoute, docs: checkMappingDocs },
  { folder: "leave-out", route: exclusionsRoute, docs: exclusionsDocs },
  { folder: "leave-out", route: inclusionsRoute, docs: inclusionsDocs },
  { folder: "receive-mapping-webhook", route: receiveMappingWebhookRoute, docs: receiveMappingWebhookDocs },
  { folder: "resend-owner-mail", route: resendOwnerMailRoute, docs: resendOwnerMailDocs },
  { folder: "start-export", route: startExportRoute, docs: startExportDocs },
  { folder: "cancel-export", route: cancelExportRoute, docs: cancelExportDocs },
  { folder: "put-schedule", route: putScheduleRoute, docs: putScheduleDocs },
  { folder: "put-notifications", route: putNotificationsRoute, docs: putNotificationsDocs },
] as const;

export type AnyRoute = (typeof routes)[number];
