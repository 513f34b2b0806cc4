import type { Call } from "../calls/exchange.ts";
import { param, Refusal } from "../calls/exchange.ts";
import type { Account, Organization } from "../world/records.ts";
import type { SandboxWorld } from "../world/sandbox-world.ts";
import { linkOf, servicesOf } from "../world/service-links.ts";
import type { StateStore } from "../world/state-store.ts";
import { type NearMatch, nearMatchesAmong } from "./near-names.ts";

export const organizationAt = ({ read }: StateStore, call: Call): Organization => {
  const organization = read.organizations.get(param(call, "organizationId"));
  if (!organization) throw new Refusal(404, `No organization found with id: ${param(call, "organizationId")}`);
  return organization;
};

export const accountsOf = ({ read }: StateStore, organizationId: string): Account[] =>
  [...read.accounts.values()].filter((account) => account.organizationId === organizationId);

export const countsOf = ({ read }: StateStore, organizationId: string) =>
  [...read.counts.values()].filter((count) => count.organizationId === organizationId);

const psaItemsOf = ({ read }: StateStore, table: "psaClients" | "psaProducts", of: string) =>
  [...read[table].values()].filter(({ organizationId }) => organizationId === of).map(({ id, name }) => ({ id, name }));

const offered = (nearMatches: NearMatch[]): { nearMatches?: NearMatch[] } =>
  nearMatches.length > 0 ? { nearMatches } : {};

export const organizationSummary = (organization: Organization) => ({
  organizationId: organization.id,
  integrationId: organization.integrationId,
  name: organization.name,
  connected: organization.tokenHash !== null,
  isKeyUsed: organization.isKeyUsed,
  status: organization.status,
  lastSyncedAt: organization.lastSyncedAt,
  finishedAt: organization.finishedAt,
});
export type OrganizationSummary = ReturnType<typeof organizationSummary>;

export const organizationDetail = ({ store, webhook }: SandboxWorld, organization: Organization) => {
  const psaClients = psaItemsOf(store, "psaClients", organization.id);
  const psaProducts = psaItemsOf(store, "psaProducts", organization.id);
  const nearClientsOf = nearMatchesAmong(psaClients);
  const nearProductsOf = nearMatchesAmong(psaProducts);
  return {
    ...organizationSummary(organization),
    webhook: webhook.deliveryOf(organization.id),
    /**
     * Accepted counts that no rebuild of the views has shown yet; a run that ends with `no_build` leaves some for good.
     */
    countsOutsideViews: countsOf(store, organization.id).filter(({ at }) => at > organization.lastSyncedAt).length,
    accounts: accountsOf(store, organization.id).map((account) => {
      const { id, name, description, isActive, mappingId, psaClientId, excluded } = account;
      const isMapped = mappingId !== null;
      const nearMatches = isMapped || excluded ? [] : nearClientsOf(account);
      return {
        id,
        name,
        description,
        isActive,
        isMapped,
        psaClientId,
        excluded,
        ...offered(nearMatches),
      };
    }),
    services: servicesOf(store, organization.id).map(({ id, name, source }) => {
      const { mappingId, psaProductId, excluded } = linkOf(store, organization.id, id);
      const isMapped = mappingId !== null;
      const nearMatches = isMapped || excluded ? [] : nearProductsOf({ name });
      return { id, name, source, isMapped, psaProductId, excluded, ...offered(nearMatches) };
    }),
    psaClients,
    psaProducts,
  };
};
export type OrganizationDetail = ReturnType<typeof organizationDetail>;
