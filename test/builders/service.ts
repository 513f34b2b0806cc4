import { type HubService, type ServiceRecord, toServiceItem } from "#shared/services/hub-service";
import type { Item } from "#shared/table/table";
import { noon } from "./time.ts";

/** A service as the feed sends it. */
export const aServiceRecord = (record: Partial<ServiceRecord> = {}): ServiceRecord => ({
  name: "DNS Security Essentials",
  description: "Blocks malicious domains for every seat.",
  category: "security",
  subcategory: "DNS filtering",
  unit: "seat",
  ...record,
});

export const aService = (service: Partial<HubService> = {}): HubService => ({
  ...aServiceRecord(),
  id: "svc-dns",
  gradientServiceId: "gradient-svc-dns",
  createdUntil: null,
  updatedAt: noon,
  version: 1,
  ...service,
});

export const aServiceRow = (service: Partial<HubService> = {}): Item => toServiceItem(aService(service));
