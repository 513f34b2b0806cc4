import { type CoverageSources, coverageOf, hasGaps } from "#shared/customers/coverage";
import { isBilled } from "#shared/customers/customer";
import { keepCoverage, manyCustomers } from "#shared/customers/kept-coverage";
import { digestOfNames, findLookAlikes, keepLookAlikes } from "#shared/customers/look-alikes-row";
import type { Integration } from "#shared/integrations/integration";
import type { HubService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { lookAlikes } from "./look-alikes/look-alikes.ts";

interface Seen extends Omit<CoverageSources, "serviceNames" | "leftOutServiceIds" | "onceMapped"> {
  services: HubService[];
  /** Customers whose counts cannot be read: what they leave unbilled is not known. */
  unreadableUsage: ReadonlySet<string>;
  at: string;
}

/** What the partner's record says of what is kept. */
export type Kept = Pick<Integration["mapping"], "lookAlikesOf" | "isCoverageKept">;

/**
 * Keeps what would take too long to compute whenever a person opens the page: customers that look alike, once for the
 * same names; and the coverage of a partner with very many customers. The coverage is kept as well for the mail that
 * names the gaps.
 */
export const keepForPages = async (
  table: Pick<Table, "get" | "put">,
  { partnerId, leftOutServiceIds, onceMapped, mapping, state }: Integration,
  { services, unreadableUsage, at, ...seen }: Seen,
): Promise<Kept> => {
  const billed = seen.customers.filter(isBilled);
  const lookAlikesOf = digestOfNames(billed);
  const areKept = lookAlikesOf === mapping.lookAlikesOf && (await findLookAlikes(table, partnerId)) !== undefined;
  if (!areKept) await keepLookAlikes(table, partnerId, lookAlikes(billed));
  const isCoverageKept = seen.customers.length >= manyCustomers;
  if (isCoverageKept || state === "active") {
    const serviceNames = new Map(services.map(({ id, name }) => [id, name]));
    const customers = seen.customers.filter(({ id }) => !unreadableUsage.has(id));
    const coverage = coverageOf({ ...seen, customers, serviceNames, leftOutServiceIds, onceMapped });
    if (isCoverageKept || hasGaps(coverage)) await keepCoverage(table, partnerId, coverage, at);
  }
  return { lookAlikesOf, isCoverageKept };
};
