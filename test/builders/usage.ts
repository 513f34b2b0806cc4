import type { Item } from "#shared/table/table";
import { type Count, type CustomerUsage, type Measurement, toUsageItem } from "#shared/usage/usage";
import { noon } from "./time.ts";

export const aMeasurement = (measurement: Partial<Measurement> = {}): Measurement => ({
  customerId: "cust-1",
  serviceId: "svc-dns",
  unitCount: 17,
  measuredAt: noon,
  ...measurement,
});

export const aCount = (count: Partial<Count> = {}): Count => ({ unitCount: 17, measuredAt: noon, ...count });

export const aCustomerUsage = (usage: Partial<CustomerUsage> = {}): CustomerUsage => ({
  partnerId: "org-1001",
  customerId: "cust-1",
  counts: { "svc-dns": aCount() },
  version: 1,
  ...usage,
});

export const aUsageRow = (usage: Partial<CustomerUsage> = {}): Item => toUsageItem(aCustomerUsage(usage));
