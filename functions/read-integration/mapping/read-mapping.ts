import { type Coverage, coverageOf, lastAcceptedIn } from "#shared/customers/coverage";
import { customerKey, fromCustomerItem, showCustomers } from "#shared/customers/customer";
import { findCoverage, maxGapsShown } from "#shared/customers/kept-coverage";
import { findLookAlikes, type LookAlike, noLookAlikes } from "#shared/customers/look-alikes-row";
import { type MappingEvidence, mappingEvidence } from "#shared/customers/mapped";
import { findIntegration, type Integration, mappingStatus, noMapping, toldAt } from "#shared/integrations/integration";
import { listServices } from "#shared/services/hub-service";
import { readableOf } from "#shared/stored";
import type { Table } from "#shared/table/table";
import { type LedgerEntry, readLedger } from "#shared/usage/ledger";
import { listReadableUsage } from "#shared/usage/usage";

export type MappingTable = Pick<Table, "get" | "getMany" | "query">;

const nothing: Coverage = {
  accounts: { total: 0, mapped: 0, unknown: 0 },
  services: { total: 0, mapped: 0, unknown: 0 },
  unbilledUnits: 0,
  leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
  unmapped: { accounts: [], services: [] },
  leftOutServices: [],
};

/** What is mapped, by what the ledger says of some lines, or of all. */
export const evidenceOf = (integration: Integration, ledger: Iterable<LedgerEntry>): MappingEvidence => {
  const { proofGen, mapping } = integration;
  return mappingEvidence({ ledger, proofGen, toldAt: toldAt(integration), seenServiceIds: mapping.mappedServiceIds });
};

const computed = async (table: MappingTable, integration: Integration): Promise<Coverage> => {
  const { partnerId, ledgerBits: bits, gradient, leftOutServiceIds, onceMapped } = integration;
  const [customers, { usage, unreadable }, ledger, services] = await Promise.all([
    showCustomers(table, partnerId),
    listReadableUsage(table, partnerId),
    readLedger(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" }),
    listServices(table),
  ]);
  return coverageOf({
    // whose counts cannot be read would be told to leave nothing unbilled
    customers: customers.filter(({ id }) => !unreadable.has(id)),
    usage,
    evidence: evidenceOf(integration, ledger.values()),
    serviceNames: new Map(services.map(({ id, name }) => [id, name])),
    leftOutServiceIds,
    onceMapped,
    lastAccepted: lastAcceptedIn(ledger.values()),
  });
};

/**
 * The coverage as it is now or, where that would take too long, as the last look has found it; `at` is null for now.
 */
export const readCoverage = async (
  table: MappingTable,
  integration: Integration,
): Promise<Coverage & { at: string | null }> => {
  const { partnerId, mapping } = integration;
  const kept = mapping.isCoverageKept ? await findCoverage(table, partnerId) : undefined;
  // what was found with an earlier token, or without one now, or before a person's decision, is not true any more
  const isDecidedSince = mapping.decidedAt !== null && mapping.decidedAt >= (kept?.at ?? "");
  if (kept && kept.at === toldAt(integration) && !isDecidedSince) return kept;
  return { ...(await computed(table, integration)), at: null };
};

const shown = <T>(all: T[]): T[] => all.slice(0, maxGapsShown);

/** With the names that the customers have now; an id stands for itself where its customer cannot be read. */
const named = async (table: Pick<Table, "getMany">, partnerId: string, groups: LookAlike[]) => {
  const keys = groups.flatMap(({ customerIds }) => customerIds.map((id) => customerKey(partnerId, id)));
  const customers = keys.length === 0 ? [] : readableOf(await table.getMany(keys), fromCustomerItem);
  const names = new Map(customers.map(({ id, name }) => [id, name]));
  return groups.map((group) => ({ ...group, names: group.customerIds.map((id) => names.get(id) ?? id) }));
};

/**
 * How far the mapping is, and what its gaps cost: who and what is not mapped, most units first, and who may be mixed
 * up.
 */
export const readMapping =
  ({ table }: { table: MappingTable }) =>
  async (partnerId: string) => {
    const integration = await findIntegration(table, partnerId);
    const { waitingSince, completedAt, lastCheckedAt, changes } = integration?.mapping ?? noMapping;
    const [coverage, lookAlikes = noLookAlikes] = integration
      ? await Promise.all([readCoverage(table, integration), findLookAlikes(table, partnerId)])
      : [{ ...nothing, at: null }];
    const { accounts, services, leftOut, unmapped, unbilledUnits, at } = coverage;
    const first = { accounts: shown(unmapped.accounts), services: shown(unmapped.services) };
    return {
      status: integration ? mappingStatus(integration) : "waiting",
      waitingSince,
      completedAt,
      lastCheckedAt,
      countedAt: at,
      lastChanges: changes,
      accounts,
      services,
      unbilledUnits,
      leftOut,
      lookAlikes: await named(table, partnerId, lookAlikes.groups),
      more: {
        lookAlikes: lookAlikes.more,
        accounts: accounts.total - accounts.mapped - first.accounts.length,
        services: services.total - services.mapped - first.services.length,
      },
      unmapped: first,
    };
  };
