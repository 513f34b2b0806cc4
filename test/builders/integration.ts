import { currentAgreement } from "#shared/agreements/agreement";
import { type Integration, integrationWrite, noMapping } from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { noNotifications } from "#shared/integrations/record/notifications";
import { noSizes } from "#shared/integrations/record/sizes";
import { noWants } from "#shared/integrations/record/wants";
import { defaultSchedule } from "#shared/schedules/schedule";
import type { Item } from "#shared/table/table";
import { minutesAfter } from "./time.ts";

/** An integration that is active unless the test is about another state. */
export const anIntegration = (integration: Partial<Integration> = {}): Integration => ({
  partnerId: "org-1001",
  state: "active",
  startedAt: minutesAfter(-120),
  startedBy: "person-1",
  token: {
    secretName: "gradient-billing/test/partner/1",
    versionId: "version-1",
    fingerprint: "0123456789abcdef0123456789abcdef",
    lastFour: "9f3c",
    status: "valid",
    registeredAt: minutesAfter(-110),
    registeredBy: "person-1",
    checkedAt: minutesAfter(-110),
  },
  gradient: {
    organizationId: "gradient-org-1",
    organizationName: "Example MSP",
    integrationId: "connection-1",
    status: "active",
    lastSyncedAt: null,
  },
  agreement: {
    version: currentAgreement.version,
    sha256: "a".repeat(64),
    confirmedAt: minutesAfter(-100),
    confirmedBy: "person-1",
    mailId: "agreement-2026-11-01-1",
  },
  mapping: {
    ...noMapping,
    waitingSince: minutesAfter(-100),
    completedAt: minutesAfter(-60),
    mappedServiceIds: ["svc-dns"],
  },
  schedule: defaultSchedule("Europe/Prague"),
  nextRunAt: minutesAfter(13 * 60),
  currentExportId: null,
  lastExport: null,
  wants: noWants,
  proofGen: 0,
  awaitedServiceIds: [],
  onceMapped: [],
  leftOutServiceIds: [],
  looks: noLooks,
  notifications: noNotifications,
  closing: null,
  leftConnections: [],
  secretName: null,
  sizes: noSizes,
  ledgerBits: 0,
  isReminded: true,
  problems: [],
  version: 1,
  ...integration,
});

/** The row as it lies in the table. */
export const anIntegrationRow = (integration: Partial<Integration> = {}): Item => {
  const value = anIntegration(integration);
  const write = integrationWrite({ ...value, version: value.version - 1 });
  if (!("put" in write)) throw new Error("An integration is written with a put.");
  return write.put;
};
