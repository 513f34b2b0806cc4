import { type Customer, isBilled, showCustomers } from "#shared/customers/customer";
import { type MappingEvidence, mappingEvidence } from "#shared/customers/mapped";
import { findIntegration, mappingStatus, noMapping } from "#shared/integrations/integration";
import { listServices } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { readLedger } from "#shared/usage/ledger";
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
  evidence: MappingEvidence;
}

const unmappedAccounts = ({ billed, usage, evidence }: Sources): Unmapped[] =>
  billed
    .filter(({ id, isMapped }) => !evidence.isAccountMapped(id, isMapped))
    .map(({ id, name }) => {
      const counts = Object.values(usage.get(id)?.counts ?? {});
      return { id, name, unbilledUnits: counts.reduce((sum, { unitCount }) => sum + unitCount, 0) };
    })
    .toSorted(byUnits);

/** By service that a billed customer has a count for. */
const unitsByService = ({ billed, usage }: Sources): Map<string, number> => {
  const units = new Map<string, number>();
  for (const { id: customerId } of billed) {
    for (const [id, { unitCount }] of Object.entries(usage.get(customerId)?.counts ?? {})) {
      units.set(id, (units.get(id) ?? 0) + unitCount);
    }
  }
  return units;
};

const unmappedServices = (units: Map<string, number>, { evidence }: Sources, names: Map<string, string>): Unmapped[] =>
  [...units]
    .filter(([id]) => !evidence.isServiceMapped(id))
    .map(([id, unbilledUnits]) => ({ id, name: names.get(id) ?? id, unbilledUnits }))
    .toSorted(byUnits);

const coverage = (total: number, unmapped: Unmapped[]) => ({ total, mapped: total - unmapped.length });

/**
 * How far the mapping is, and what its gaps cost: who and what is not mapped, most units first, and who may be mixed
 * up.
 */
export const readMapping =
  ({ table }: { table: Pick<Table, "get" | "query"> }) =>
  async (partnerId: string) => {
    const integration = await findIntegration(table, partnerId);
    const { waitingSince, completedAt, lastCheckedAt: toldAt } = integration?.mapping ?? noMapping;
    const times = { waitingSince, completedAt, lastCheckedAt: toldAt };
    if (!integration) {
      const none = coverage(0, []);
      const unmapped = { accounts: [], services: [] };
      return {
        status: "waiting",
        ...times,
        accounts: none,
        services: none,
        lookAlikes: [],
        more: { lookAlikes: 0 },
        unmapped,
      };
    }
    const { ledgerBits: bits, gradient, proofGen } = integration;
    const connectionId = gradient?.integrationId ?? "";
    const [customers, usage, ledger, services] = await Promise.all([
      showCustomers(table, partnerId),
      listUsage(table, partnerId),
      readLedger(table, { partnerId, bits, connectionId }),
      listServices(table),
    ]);
    const billed = customers.filter(isBilled);
    const alike = lookAlikes(billed);
    const evidence = mappingEvidence({ ledger: ledger.values(), proofGen, toldAt });
    const sources = { billed, usage, evidence };
    const units = unitsByService(sources);
    const names = new Map(services.map(({ id, name }) => [id, name]));
    const unmapped = {
      accounts: unmappedAccounts(sources),
      services: unmappedServices(units, sources, names),
    };
    return {
      status: mappingStatus(integration),
      ...times,
      accounts: coverage(billed.length, unmapped.accounts),
      services: coverage(units.size, unmapped.services),
      lookAlikes: alike.groups,
      more: { lookAlikes: alike.more },
      unmapped,
    };
  };
