import * as z from "zod";
import { parseBody, Refusal } from "../calls/exchange.ts";
import { hashToken, newPartnerToken } from "../world/credential.ts";
import { never, newId, type Organization } from "../world/records.ts";
import { type PartnerRoute, type SandboxWorld, timeOf } from "../world/sandbox-world.ts";
import { autoMatchServices, linkOf, servicesOf } from "../world/service-links.ts";
import { drop, put } from "../world/state-store.ts";
import { accountsOf, countsOf, organizationAt, organizationDetail, organizationSummary } from "./partner-views.ts";

const root = "/_partner/organizations";
const name = z.string().trim().min(1).max(200);

const newOrganization = z.strictObject({
  name,
  psaClients: z.array(name).max(10_000).default(["Alder & Sons", "Birch Dental", "Cedar Logistics"]),
  psaProducts: z.array(name).max(10_000).default(["Managed DNS", "Managed gateway", "Managed endpoint"]),
});

/** Whether the next connection has an id of its own is not documented: both are played. */
const disconnection = z.strictObject({ newIntegrationId: z.boolean().default(false) });

/** The partner's connection, from the first key to the finished mapping. */
export const partnerOrganizationRoutes = (world: SandboxWorld): PartnerRoute[] => {
  const { store, webhook } = world;

  const refuseToFinish = (organization: Organization): string | undefined => {
    if (organization.tokenHash === null) return "Generate a key first.";
    if (organization.status === "inactive") {
      return "The vendor has not taken over the key yet: the connection is still inactive.";
    }
    if (!accountsOf(store, organization.id).some(({ mappingId }) => mappingId !== null)) return "Map an account first.";
    const isMapped = ({ id }: { id: string }) => linkOf(store, organization.id, id).mappingId !== null;
    if (!servicesOf(store, organization.id).some(isMapped)) return "Map a service first.";
    return undefined;
  };

  return [
    {
      method: "POST",
      path: root,
      run: ({ body }) => {
        const { name, psaClients, psaProducts } = parseBody(newOrganization, body);
        const organization: Organization = {
          id: newId(),
          integrationId: newId(),
          name,
          tokenHash: null,
          isKeyUsed: false,
          status: "inactive",
          lastSyncedAt: never,
          finishedAt: null,
          setUpBefore: false,
        };
        const item = (name: string) => ({ organizationId: organization.id, id: newId(), name });
        store.commit(
          put("organizations", organization),
          ...psaClients.map((name) => put("psaClients", item(name))),
          ...psaProducts.map((name) => put("psaProducts", item(name))),
        );
        return { status: 201, body: organizationDetail(world, organization) };
      },
    },
    {
      method: "GET",
      path: root,
      run: () => ({
        status: 200,
        body: { items: Array.from(store.read.organizations.values(), organizationSummary) },
      }),
    },
    {
      method: "GET",
      path: `${root}/:organizationId`,
      run: (call) => ({ status: 200, body: organizationDetail(world, organizationAt(store, call)) }),
    },
    {
      method: "POST",
      path: `${root}/:organizationId/keys`,
      run: (call) => {
        const organization = organizationAt(store, call);
        const partnerToken = newPartnerToken();
        store.commit(
          put("organizations", { ...organization, tokenHash: hashToken(partnerToken), isKeyUsed: false }),
          ...autoMatchServices(store, organization, servicesOf(store, organization.id)),
        );
        return { status: 201, body: { partnerToken } };
      },
    },
    {
      method: "POST",
      path: `${root}/:organizationId/finish`,
      run: (call) => {
        const organization = organizationAt(store, call);
        const reason = refuseToFinish(organization);
        if (reason) throw new Refusal(409, reason);
        const finished = { ...organization, finishedAt: timeOf(world), setUpBefore: true };
        store.commit(put("organizations", finished));
        webhook.send(finished);
        return {
          status: 200,
          body: { finishedAt: finished.finishedAt, webhook: webhook.isConfigured ? "sending" : "off" },
        };
      },
    },
    {
      // Gradient deletes the accounts that the vendor created; services and their mapping belong to the vendor and
      // stay.
      method: "POST",
      path: `${root}/:organizationId/disconnect`,
      run: (call) => {
        const { newIntegrationId } = parseBody(disconnection, call.body ?? {});
        const organization = organizationAt(store, call);
        const accounts = accountsOf(store, organization.id);
        const billed = [...store.read.billed.values()].filter((one) => one.organizationId === organization.id);
        store.commit(
          put("organizations", {
            ...organization,
            integrationId: newIntegrationId ? newId() : organization.integrationId,
            tokenHash: null,
            isKeyUsed: false,
            status: "inactive",
            lastSyncedAt: never,
            finishedAt: null,
          }),
          ...accounts.map((account) => drop("accounts", account)),
          ...countsOf(store, organization.id).map((count) => drop("counts", count)),
          ...billed.map((record) => drop("billed", record)),
        );
        return { status: 200, body: { deletedAccounts: accounts.length } };
      },
    },
  ];
};
