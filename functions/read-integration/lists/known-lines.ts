import { type Customer, isBilled } from "#shared/customers/customer";
import { findCoverage } from "#shared/customers/kept-coverage";
import { knownTogether, type MappingEvidence, mappingEvidence } from "#shared/customers/mapped";
import type { Integration } from "#shared/integrations/integration";
import type { Table } from "#shared/table/table";
import { type LedgerEntry, readLedger } from "#shared/usage/ledger";
import { readEntries } from "./read-entries.ts";

/** What the ledger says of the lines of some customers, and what is known of whether these are mapped. */
export interface KnownLines {
  entries: Map<string, LedgerEntry>;
  /** Null where nobody has been able to look yet, and of a line that is not billed. */
  isMapped: (line: { customerId: string; serviceId: string; billed: boolean }) => boolean | null;
}

type KnownTable = Pick<Table, "get" | "getMany" | "query">;

/** Of very many customers nobody can wait for all lines: services are as the last look has found them. */
const keptServices = async (table: KnownTable, { partnerId, mapping }: Integration) => {
  const kept = await findCoverage(table, partnerId);
  if (!kept || kept.at !== mapping.lastCheckedAt) return () => null;
  const mapped = new Set(mapping.mappedServiceIds);
  const missed = new Set(kept.unmapped.services.filter(({ isKnown }) => isKnown).map(({ id }) => id));
  return (serviceId: string): boolean | null => (mapped.has(serviceId) ? true : missed.has(serviceId) ? false : null);
};

/** The one definition of what is mapped, line by line: `mappingEvidence` of customers that are read page by page. */
export const knownLines = async (table: KnownTable, integration: Integration) => {
  const { partnerId, mapping, proofGen, ledgerBits: bits, gradient } = integration;
  const evidenceOf = (ledger: Iterable<LedgerEntry>): MappingEvidence =>
    mappingEvidence({ ledger, proofGen, toldAt: mapping.lastCheckedAt });

  const knownOf = (
    customers: Customer[],
    entries: Map<string, LedgerEntry>,
    { knownOfAccount, knownOfService }: Pick<MappingEvidence, "knownOfAccount" | "knownOfService">,
  ): KnownLines => {
    const byId = new Map(customers.map((customer) => [customer.id, customer]));
    return {
      entries,
      isMapped: ({ customerId, serviceId, billed }) => {
        const customer = byId.get(customerId);
        if (!customer || !billed || !isBilled(customer)) return null;
        return knownTogether(knownOfAccount(customerId, customer.isMapped), knownOfService(serviceId));
      },
    };
  };

  if (mapping.isCoverageKept) {
    const knownOfService = await keptServices(table, integration);
    return async (customers: Customer[]): Promise<KnownLines> => {
      const entries = await readEntries(table, integration, customers);
      const { knownOfAccount } = evidenceOf(entries.values());
      return knownOf(customers, entries, { knownOfAccount, knownOfService });
    };
  }
  const all = await readLedger(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" });
  const evidence = evidenceOf(all.values());
  return async (customers: Customer[]): Promise<KnownLines> => {
    const ids = new Set(customers.map(({ id }) => id));
    const entries = new Map([...all].filter(([, { customerId }]) => ids.has(customerId)));
    return knownOf(customers, entries, evidence);
  };
};
