import { type Customer, isBilled, showCustomers } from "#shared/customers/customer";
import { mappedCustomers } from "#shared/customers/mapped";
import { findIntegration, type Integration, noMapping } from "#shared/integrations/integration";
import { listServices } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { type LedgerEntry, readLedger } from "#shared/usage/ledger";
import { type CustomerUsage, listUsage } from "#shared/usage/usage";
import { lookAlikes } from "./look-alikes/look-alikes.ts";

interface Unmapped {
  id: string;
  name: string;
  /** How many units Gradient does not bill because the mapping is missing. */
  unbilledUnits: number;
}

const byUnits = (a: Unmapped, b: Unmapped): number => b.unbilledUnits - a.unbilledUnits;

interface Sources {
  billed: Customer[];
  usage: Map<string, CustomerUsage>;
  ledger: Map<string, LedgerEntry>;
}

const unmappedAccounts = ({ billed, usage, ledger }: Sources, toldAt: string | null): Unmapped[] => {
  const { isMapped } = mappedCustomers(ledger.values(), toldAt);
  return billed
    .filter((customer) => !isMapped(customer.id, customer.isMapped))
    .map(({ id, name }) => {
      const counts = Object.values(usage.get(id)?.counts ?? {});
      return { id, name, unbilledUnits: counts.reduce((sum, { unitCount }) => sum + unitCount, 0) };
    })
    .toSorted(byUnits);
};

const unmappedServices = (
  { billed, usage }: Sources,
  mappedServiceIds: string[],
  serviceNames: Map<string, string>,
): Unmapped[] => {
  const mapped = new Set(mappedServiceIds);
  const units = new Map<string, number>();
  for (const { id: customerId } of billed) {
    for (const [id, { unitCount }] of Object.entries(usage.get(customerId)?.counts ?? {})) {
      if (!mapped.has(id)) units.set(id, (units.get(id) ?? 0) + unitCount);
    }
  }
  return [...units]
    .map(([id, unbilledUnits]) => ({ id, name: serviceNames.get(id) ?? id, unbilledUnits }))
    .toSorted(byUnits);
};

const summaryOf = ({ mapping }: Pick<Integration, "mapping">) => ({
  status: mapping.completedAt === null ? "waiting" : "complete",
  waitingSince: mapping.waitingSince,
  completedAt: mapping.completedAt,
  lastCheckedAt: mapping.lastCheckedAt,
  accounts: mapping.accounts,
  services: mapping.services,
});

/**
 * How far the mapping is, and what its gaps cost: who and what is not mapped, most units first, and who may be mixed
 * up.
 */
export const readMapping =
  ({ table }: { table: Pick<Table, "get" | "query"> }) =>
  async (partnerId: string) => {
    const integration = await findIntegration(table, partnerId);
    if (!integration) {
      const unmapped = { accounts: [], services: [] };
      return { ...summaryOf({ mapping: noMapping }), lookAlikes: [], more: { lookAlikes: 0 }, unmapped };
    }
    const { ledgerBits: bits, gradient, mapping } = integration;
    const connectionId = gradient?.integrationId ?? "";
    const [customers, usage, ledger, services] = await Promise.all([
      showCustomers(table, partnerId),
      listUsage(table, partnerId),
      readLedger(table, { partnerId, bits, connectionId }),
      listServices(table),
    ]);
    const billed = customers.filter(isBilled);
    const alike = lookAlikes(billed);
    const sources = { billed, usage, ledger };
    const serviceNames = new Map(services.map(({ id, name }) => [id, name]));
    return {
      ...summaryOf(integration),
      lookAlikes: alike.groups,
      more: { lookAlikes: alike.more },
      unmapped: {
        accounts: unmappedAccounts(sources, mapping.lastCheckedAt),
        services: unmappedServices(sources, mapping.mappedServiceIds, serviceNames),
      },
    };
  };
