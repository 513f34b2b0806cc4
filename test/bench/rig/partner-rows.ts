import { createHash } from "node:crypto";
import { toCustomerItem } from "#shared/customers/customer";
import { integrationWrite } from "#shared/integrations/integration";
import { defaultSchedule } from "#shared/schedules/schedule";
import { toServiceItem } from "#shared/services/hub-service";
import type { Item } from "#shared/table/table";
import { toUsageItem } from "#shared/usage/usage";
import { anIntegration } from "#test/builders/integration";

export const serviceIds = ["svc-dns", "svc-edr", "svc-mail", "svc-backup", "svc-vpn"];

/** The vendor's catalogue, each service known to Gradient. */
export function* catalogueRows(): Generator<Item> {
  for (const id of serviceIds) {
    yield toServiceItem({
      id,
      name: `Service ${id.slice(4)}`,
      description: "One of the vendor's services.",
      category: "security",
      subcategory: "other",
      unit: "seats",
      gradientServiceId: `gradient-${id}`,
      createdUntil: null,
      updatedAt: new Date().toISOString(),
      version: 1,
    });
  }
}

/** An active integration; due for its scheduled run at `nextRunAt`. */
export const integrationRow = (partnerId: string, nextRunAt: string | null = null): Item => {
  const value = anIntegration({
    partnerId,
    nextRunAt,
    schedule: defaultSchedule("Europe/Prague"),
    token: {
      secretName: `bench/partner/${partnerId}`,
      versionId: "00000000-0000-4000-8000-000000000001",
      fingerprint: "0123456789abcdef0123456789abcdef",
      lastFour: "9f3c",
      status: "valid",
      registeredAt: "2026-01-02T10:00:00.000Z",
      registeredBy: "person-1",
      checkedAt: "2026-01-02T10:00:00.000Z",
    },
    version: 0,
  });
  const write = integrationWrite(value);
  if (!("put" in write)) throw new Error("An integration is written with a put.");
  return write.put;
};

const digestOf = (index: number): string => createHash("sha256").update(`customer ${index}`).digest("hex");

/** As a hub makes them up: ids that no compression shortens. */
export const customerIdOf = (index: number): string =>
  digestOf(index).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

const firstNames = [
  "Alder",
  "Brook",
  "Cedar",
  "Dunmore",
  "Elm Street",
  "Fairview",
  "Granite",
  "Harbour",
  "Ivy",
  "Juniper",
];
const lastNames = [
  "Dental",
  "Solicitors",
  "Logistics",
  "Accounting",
  "Veterinary Clinic",
  "Foods",
  "Architects",
  "Motors",
];

const customerNameOf = (index: number): string => {
  const at = Number.parseInt(digestOf(index).slice(-8), 16);
  return `${firstNames[at % 10]} & ${digestOf(index).slice(32, 38)} ${lastNames[Math.floor(at / 10) % 8]}`;
};

/** A partner with `lines` lines: customers with five services each, the last one with what is left. */
export function* partnerRows(partnerId: string, lines: number): Generator<Item> {
  yield integrationRow(partnerId);
  const now = Date.now();
  for (let from = 0, index = 0; from < lines; from += serviceIds.length, index += 1) {
    const id = customerIdOf(index);
    // each customer was measured at a moment of its own
    const at = new Date(now - ((index * 7919) % 3_600_000)).toISOString();
    const state = { removedAt: null, retiredAt: null, isMapped: true, updatedAt: at, version: 1 };
    yield toCustomerItem({ id, name: customerNameOf(index), billing: "billed", partnerId, ...state });
    const counts = serviceIds
      .slice(0, Math.min(serviceIds.length, lines - from))
      .map((service, place) => [service, { unitCount: (index * 7 + place * 13) % 480, measuredAt: at }] as const);
    yield toUsageItem({ partnerId, customerId: id, counts: Object.fromEntries(counts), version: 1 });
  }
}
