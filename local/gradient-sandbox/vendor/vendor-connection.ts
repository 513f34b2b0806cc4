import { param, Refusal } from "../calls/exchange.ts";
import { type Organization, writableStatus } from "../world/records.ts";
import type { SandboxWorld, VendorRoute } from "../world/sandbox-world.ts";
import { put } from "../world/state-store.ts";

const root = "/api/vendor-api/organization";
const clientsOnAPage = 100;

/** The connection to one partner: its state, and the PSA's customers (deprecated by Gradient). */
export const vendorConnectionRoutes = ({ store }: SandboxWorld): VendorRoute[] => {
  const integrationBody = ({ id, name, integrationId, status, lastSyncedAt }: Organization) => {
    const vendor = store.read.vendor.get("vendor");
    return {
      organizationId: id,
      name,
      vendorId: vendor?.id,
      vendorName: vendor?.name,
      integrationId,
      status,
      lastSyncedAt,
    };
  };

  return [
    {
      method: "GET",
      path: root,
      run: (_call, organization) => ({ status: 200, body: integrationBody(organization) }),
    },
    {
      method: "PATCH",
      path: `${root}/status/:status`,
      run: (call, organization) => {
        const status = writableStatus.safeParse(param(call, "status"));
        if (!status.success) throw new Refusal(400, ["status must be one of: inactive, pending, active"]);
        const next = { ...organization, status: status.data };
        store.commit(put("organizations", next));
        return { status: 200, body: { status: 200, message: "Success - Updated Status", data: integrationBody(next) } };
      },
    },
    {
      method: "GET",
      path: `${root}/clients`,
      run: ({ query }, organization) => {
        const search = query.get("search")?.toLowerCase() ?? "";
        const found = [...store.read.psaClients.values()].filter(
          ({ organizationId, name }) => organizationId === organization.id && name.toLowerCase().includes(search),
        );
        const from = found.findIndex(({ id }) => id === query.get("previousId")) + 1;
        const clients = found.slice(from, from + clientsOnAPage).map(({ id, name }) => ({ id, name }));
        return { status: 200, body: { meta: { total: found.length, count: clients.length }, clients } };
      },
    },
  ];
};
