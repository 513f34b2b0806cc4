import * as z from "zod";
import { parseBody, Refusal } from "../calls/exchange.ts";
import { type Account, keyOf, newId, type Organization } from "../world/records.ts";
import type { PartnerRoute, SandboxWorld } from "../world/sandbox-world.ts";
import { linkOf, type SeenService, servicesOf } from "../world/service-links.ts";
import { type Change, put, type StateStore } from "../world/state-store.ts";
import { accountsOf, organizationAt, organizationDetail } from "./partner-views.ts";

const root = "/_partner/organizations/:organizationId";
const id = z.string().min(1);
const choice = z.union([z.literal("all"), z.array(id)]);

const accountMapping = z.strictObject({ accountId: id, psaClientId: id.nullable().optional() });
const serviceMapping = z.strictObject({ serviceId: id, psaProductId: id.nullable().optional() });
/** What a person drags at once: all of it or nothing is done. */
const mappings = z.strictObject({
  accounts: z.array(z.strictObject({ accountId: id, psaClientId: id.nullable() })).default([]),
  services: z.array(z.strictObject({ serviceId: id, psaProductId: id.nullable() })).default([]),
});
const autoMapping = z.strictObject({
  accounts: choice.optional(),
  services: choice.optional(),
  exceptAccounts: z.array(id).default([]),
  exceptServices: z.array(id).default([]),
});
const exclusions = z.strictObject({
  accounts: z.array(id).default([]),
  services: z.array(id).default([]),
  excluded: z.boolean().default(true),
});

/** Finds PSA items of one partner, or has them created; items of the same name within one call are created once. */
const psaItems = ({ read }: StateStore, table: "psaClients" | "psaProducts", organizationId: string) => {
  const items = [...read[table].values()].filter((item) => item.organizationId === organizationId);
  const created: Change[] = [];
  return {
    created,
    /** `undefined` asks for the item of that name, `null` for none. */
    choose: (psaId: string | null | undefined, name: string): string | null => {
      if (psaId === null) return null;
      const found = items.find((item) => (psaId === undefined ? item.name === name : item.id === psaId));
      if (found) return found.id;
      if (psaId !== undefined) throw new Refusal(404, `The PSA has no item with id: ${psaId}`);
      const item = { organizationId, id: newId(), name };
      items.push(item);
      created.push(put(table, item));
      return item.id;
    },
  };
};

/** A link as it is after mapping (or unmapping, by null); its id stays while something is mapped. */
const linked = (mappingId: string | null, psaId: string | null) => (psaId === null ? null : (mappingId ?? newId()));

export const partnerMappingRoutes = (world: SandboxWorld): PartnerRoute[] => {
  const { store } = world;

  const accountOf = (organization: Organization, accountId: string): Account => {
    const account = store.read.accounts.get(keyOf(organization.id, accountId));
    if (!account) throw new Refusal(404, `No account found with id: ${accountId}`);
    return account;
  };
  /** Programs may also say a service's name, which they know before Gradient made up its id. */
  const serviceOf = (organization: Organization, idOrName: string): SeenService => {
    const services = servicesOf(store, organization.id);
    const service = services.find((one) => one.id === idOrName) ?? services.find((one) => one.name === idOrName);
    if (!service) throw new Refusal(404, `No service found with id or name: ${idOrName}`);
    return service;
  };
  const mapAccount = (account: Account, psaClientId: string | null): Change =>
    put("accounts", {
      ...account,
      mappingId: linked(account.mappingId, psaClientId),
      psaClientId,
      excluded: account.excluded && psaClientId === null,
    });
  const mapService = (organizationId: string, serviceId: string, psaProductId: string | null): Change => {
    const link = linkOf(store, organizationId, serviceId);
    return put("serviceLinks", {
      ...link,
      mappingId: linked(link.mappingId, psaProductId),
      psaProductId,
      excluded: link.excluded && psaProductId === null,
    });
  };
  const detail = ({ id }: Organization) => {
    const organization = store.read.organizations.get(id);
    return { status: 200, body: organization ? organizationDetail(world, organization) : null };
  };

  return [
    {
      method: "POST",
      path: `${root}/mappings/accounts`,
      run: (call) => {
        const { accountId, psaClientId } = parseBody(accountMapping, call.body);
        const organization = organizationAt(store, call);
        const account = accountOf(organization, accountId);
        const clients = psaItems(store, "psaClients", organization.id);
        const change = mapAccount(account, clients.choose(psaClientId, account.name));
        store.commit(...clients.created, change);
        return detail(organization);
      },
    },
    {
      method: "POST",
      path: `${root}/mappings/services`,
      run: (call) => {
        const { serviceId, psaProductId } = parseBody(serviceMapping, call.body);
        const organization = organizationAt(store, call);
        const service = serviceOf(organization, serviceId);
        const products = psaItems(store, "psaProducts", organization.id);
        const change = mapService(organization.id, service.id, products.choose(psaProductId, service.name));
        store.commit(...products.created, change);
        return detail(organization);
      },
    },
    {
      method: "POST",
      path: `${root}/mappings`,
      run: (call) => {
        const { accounts, services } = parseBody(mappings, call.body);
        const organization = organizationAt(store, call);
        const clients = psaItems(store, "psaClients", organization.id);
        const products = psaItems(store, "psaProducts", organization.id);
        store.commit(
          ...accounts.map(({ accountId, psaClientId }) => {
            const account = accountOf(organization, accountId);
            return mapAccount(account, clients.choose(psaClientId, account.name));
          }),
          ...services.map(({ serviceId, psaProductId }) => {
            const service = serviceOf(organization, serviceId);
            return mapService(organization.id, service.id, products.choose(psaProductId, service.name));
          }),
        );
        return detail(organization);
      },
    },
    {
      method: "POST",
      path: `${root}/mappings/auto`,
      run: (call) => {
        const { accounts = [], services = [], exceptAccounts, exceptServices } = parseBody(autoMapping, call.body);
        const organization = organizationAt(store, call);
        const chosenAccounts =
          accounts === "all"
            ? accountsOf(store, organization.id).filter(({ excluded }) => !excluded)
            : accounts.map((accountId) => accountOf(organization, accountId));
        const chosenServices =
          services === "all"
            ? servicesOf(store, organization.id).filter((one) => !linkOf(store, organization.id, one.id).excluded)
            : services.map((idOrName) => serviceOf(organization, idOrName));
        const clients = psaItems(store, "psaClients", organization.id);
        const products = psaItems(store, "psaProducts", organization.id);
        const changes = [
          ...chosenAccounts
            .filter((account) => account.mappingId === null && !exceptAccounts.includes(account.id))
            .map((account) => mapAccount(account, clients.choose(undefined, account.name))),
          ...chosenServices
            .filter(({ id, name }) => !exceptServices.includes(id) && !exceptServices.includes(name))
            .filter(({ id }) => linkOf(store, organization.id, id).mappingId === null)
            .map(({ id, name }) => mapService(organization.id, id, products.choose(undefined, name))),
        ];
        store.commit(...clients.created, ...products.created, ...changes);
        return detail(organization);
      },
    },
    {
      method: "POST",
      path: `${root}/exclusions`,
      run: (call) => {
        const { accounts, services, excluded } = parseBody(exclusions, call.body);
        const organization = organizationAt(store, call);
        const unmapped = { mappingId: null, excluded };
        const changeOfAccount = (account: Account) =>
          put("accounts", excluded ? { ...account, ...unmapped, psaClientId: null } : { ...account, excluded });
        const changeOfService = ({ id }: SeenService) => {
          const link = linkOf(store, organization.id, id);
          return put("serviceLinks", excluded ? { ...link, ...unmapped, psaProductId: null } : { ...link, excluded });
        };
        store.commit(
          ...accounts.map((accountId) => changeOfAccount(accountOf(organization, accountId))),
          ...services.map((idOrName) => changeOfService(serviceOf(organization, idOrName))),
        );
        return detail(organization);
      },
    },
  ];
};
