import { param, parseBody, Refusal } from "../calls/exchange.ts";
import { type Account, keyOf, type Organization } from "../world/records.ts";
import { type SandboxWorld, timeOf, type VendorRoute } from "../world/sandbox-world.ts";
import { linkOf } from "../world/service-links.ts";
import { put, type StateStore } from "../world/state-store.ts";
import { noBuildFlag, unitCountBody } from "./vendor-schemas.ts";

export const unitCountPath = "/api/vendor-api/service/:serviceId/count";

const mappedAccount = ({ read }: StateStore, { id }: Organization, accountId?: string, clientId?: string): Account => {
  const account =
    accountId === undefined
      ? [...read.accounts.values()].find((one) => one.organizationId === id && one.psaClientId === clientId)
      : read.accounts.get(keyOf(id, accountId));
  // an unknown account and an unmapped one get the same answer
  if (!account || account.mappingId === null) {
    throw new Refusal(404, `No account map found with id: ${accountId ?? clientId}`);
  }
  return account;
};

/** Unit counts: the level of one account and one service, now. */
export const vendorUnitCountRoutes = (world: SandboxWorld): VendorRoute[] => {
  const { store, rebuilds } = world;
  return [
    {
      method: "POST",
      path: unitCountPath,
      run: (call, organization) => {
        const serviceId = param(call, "serviceId");
        const flag = noBuildFlag.safeParse(call.query.get("no_build") ?? "false");
        if (!flag.success) throw new Refusal(400, ['no_build must be "true" or "false"']);
        const { accountId, clientOId, unitCount } = parseBody(unitCountBody, call.body);
        const account = mappedAccount(store, organization, accountId, clientOId);
        if (linkOf(store, organization.id, serviceId).mappingId === null) {
          throw new Refusal(404, `No service map found with id: ${serviceId}`);
        }
        const noBuild = flag.data === "true";
        const ids = { organizationId: organization.id, accountId: account.id, serviceId };
        const before = store.read.counts.get(keyOf(organization.id, account.id, serviceId));
        const isSame = before === undefined || before.unitCount === unitCount;
        const previousUnitCount = (isSame ? before?.previousUnitCount : before.unitCount) ?? null;
        store.commit(
          put("counts", { ...ids, unitCount, at: timeOf(world), noBuild, previousUnitCount }),
          // Gradient, not the vendor, says `active`: on the first count that it accepts
          ...(organization.status === "active" ? [] : [put("organizations", { ...organization, status: "active" })]),
        );
        if (!noBuild) rebuilds.schedule(organization.id);
        return { status: 201, body: { status: 201, message: "Success - Unit count stored" } };
      },
    },
  ];
};
