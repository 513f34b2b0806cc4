import { toCustomerItem } from "#shared/customers/customer";
import { partnerToken } from "#shared/gradient/gradient-token";
import { type Integration, integrationWrite } from "#shared/integrations/integration";
import type { Item } from "#shared/table/table";
import { toUsageItem } from "#shared/usage/usage";
import { anIntegration } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aServiceRow } from "#test/builders/service";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { partnerId, secretName, startsAt } from "./service.ts";
import { gradientServiceId, type SimulatedGradient } from "./simulated-gradient.ts";

export interface Layout {
  customers: number;
  services: number;
  ledgerBits: number;
  isActive: boolean;
  /** When an active one is due for its next scheduled run. */
  dueInMs?: number;
}

export const at = (ms: number): string => new Date(ms).toISOString();
export const customerId = (index: number): string => `c${index}`;
export const serviceId = (index: number): string => `s${index}`;
export const firstToken = partnerToken.parse("partner-key-number-1");

export const customerRow = (id: string, version: number, removedAt: string | null = null): Item =>
  toCustomerItem({
    id,
    name: `Customer ${id}`,
    billing: "billed",
    partnerId,
    removedAt,
    retiredAt: null,
    isMapped: null,
    updatedAt: at(startsAt),
    version,
  });

const integrationRow = ({ isActive, ledgerBits, dueInMs = 10_000 }: Layout): Item => {
  const base = anIntegration();
  const waiting = {
    state: "awaiting-mapping",
    nextRunAt: null,
    mapping: { ...base.mapping, completedAt: null },
  } as const;
  const value: Integration = {
    ...base,
    partnerId,
    ...(isActive ? { nextRunAt: at(startsAt + dueInMs) } : waiting),
    token: base.token && { ...base.token, secretName },
    ledgerBits,
    version: 0,
  };
  const write = integrationWrite(value);
  if (!("put" in write)) throw new Error("An integration is written with a put");
  return write.put;
};

const build = (layout: Layout): Item[] => {
  const customers = Array.from({ length: layout.customers }, (_, index) => customerId(index));
  const services = Array.from({ length: layout.services }, (_, index) => serviceId(index));
  return [
    aPartnerRow({ id: partnerId }),
    integrationRow(layout),
    ...services.map((id) => aServiceRow({ id, name: `Service ${id}`, gradientServiceId: gradientServiceId(id) })),
    ...customers.map((id) => customerRow(id, 1)),
    ...customers.map((id, index) => {
      const counted = services.map((its, nth) => [its, { unitCount: index + nth, measuredAt: at(startsAt) }] as const);
      return toUsageItem({ partnerId, customerId: id, counts: Object.fromEntries(counted), version: 1 });
    }),
  ];
};

const built = new Map<string, Item[]>();

/** A partner with an agreement and a token, its customers in Gradient. The rows are frozen, so that every seed can share them. */
export const rowsOf = (layout: Layout): Item[] => {
  const name = JSON.stringify(layout);
  const rows = built.get(name) ?? [...inMemoryTable(build(layout)).rows.values()];
  built.set(name, rows);
  return rows;
};

/** The same partner on Gradient's side. */
export const fillGradient = (
  gradient: SimulatedGradient,
  layout: Layout,
  isMapped: (index: number) => boolean,
): void => {
  gradient.connections.current().isProven = layout.isActive;
  for (let index = 0; index < layout.customers; index += 1) {
    const id = customerId(index);
    gradient.accounts.set(id, { name: `Customer ${id}`, isMapped: isMapped(index), isActive: true });
  }
  for (let index = 0; index < layout.services; index += 1)
    gradient.mappedServices.add(gradientServiceId(serviceId(index)));
};
