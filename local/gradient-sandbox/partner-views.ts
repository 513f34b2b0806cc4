import { createHash } from "node:crypto";
import type { Call } from "./exchange.ts";
import { param, Refusal } from "./exchange.ts";
import { type Account, keyOf, type Organization } from "./records.ts";
import type { SandboxWorld } from "./sandbox-world.ts";
import { linkOf, servicesOf } from "./service-links.ts";
import type { StateStore } from "./state-store.ts";

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

const letters = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/** PSA clients that a person is offered for an account: their names differ in case, spaces and punctuation only. */
const nearMatchesOf = (store: StateStore, { organizationId, name }: Account) =>
  psaItemsOf(store, "psaClients", organizationId).filter(
    (client) => client.name !== name && letters(client.name) === letters(name) && letters(name) !== "",
  );

export const organizationSummary = (organization: Organization) => ({
  organizationId: organization.id,
  integrationId: organization.integrationId,
  name: organization.name,
  connected: organization.tokenHash !== null,
  status: organization.status,
  lastSyncedAt: organization.lastSyncedAt,
  finishedAt: organization.finishedAt,
});

export const organizationDetail = ({ store, webhook }: SandboxWorld, organization: Organization) => ({
  ...organizationSummary(organization),
  webhook: webhook.deliveryOf(organization.id),
  /**
   * Accepted counts that no rebuild of the views has shown yet; a run that ends with `no_build` leaves some for good.
   */
  countsOutsideViews: countsOf(store, organization.id).filter(({ at }) => at > organization.lastSyncedAt).length,
  accounts: accountsOf(store, organization.id).map((account) => {
    const { id, name, description, isActive, mappingId, psaClientId, excluded } = account;
    const isMapped = mappingId !== null;
    const nearMatches = isMapped || excluded ? [] : nearMatchesOf(store, account);
    return {
      id,
      name,
      description,
      isActive,
      isMapped,
      psaClientId,
      excluded,
      ...(nearMatches.length > 0 ? { nearMatches } : {}),
    };
  }),
  services: servicesOf(store, organization.id).map(({ id, name, source }) => {
    const { mappingId, psaProductId, excluded } = linkOf(store, organization.id, id);
    return { id, name, source, isMapped: mappingId !== null, psaProductId, excluded };
  }),
  psaClients: psaItemsOf(store, "psaClients", organization.id),
  psaProducts: psaItemsOf(store, "psaProducts", organization.id),
});

export interface Card {
  cardId: string;
  accountId: string;
  accountName: string;
  serviceId: string;
  serviceName: string;
  vendorUnits: number;
  psaQuantity: number;
}

/** One card per mapped account and service whose count the PSA does not bill yet, unless that count was dismissed. */
export const cardsOf = (store: StateStore, organizationId: string): Card[] => {
  const services = new Map(servicesOf(store, organizationId).map((service) => [service.id, service]));
  return countsOf(store, organizationId).flatMap(({ accountId, serviceId, unitCount }) => {
    const account = store.read.accounts.get(keyOf(organizationId, accountId));
    const service = services.get(serviceId);
    const isMapped = account?.mappingId && linkOf(store, organizationId, serviceId).mappingId;
    const billed = store.read.billed.get(keyOf(organizationId, accountId, serviceId));
    const psaQuantity = billed?.quantity ?? 0;
    if (!account || !service || !isMapped || psaQuantity === unitCount || billed?.dismissed === unitCount) return [];
    const cardId = createHash("sha256").update(keyOf(accountId, serviceId)).digest("hex").slice(0, 24);
    const names = { accountName: account.name, serviceName: service.name };
    return [{ cardId, accountId, serviceId, ...names, vendorUnits: unitCount, psaQuantity }];
  });
};
