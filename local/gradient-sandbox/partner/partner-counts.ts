import { Refusal } from "../calls/exchange.ts";
import type { PartnerRoute, SandboxWorld } from "../world/sandbox-world.ts";
import { servicesOf } from "../world/service-links.ts";
import { countsOf, organizationAt } from "./partner-views.ts";

const root = "/_partner/organizations/:organizationId";

/** What has arrived: stored counts, the log of calls. */
export const partnerCountRoutes = ({ store, calls }: SandboxWorld): PartnerRoute[] => {
  return [
    {
      method: "GET",
      path: `${root}/counts`,
      run: (call) => {
        const { id } = organizationAt(store, call);
        const names = new Map(servicesOf(store, id).map((service) => [service.id, service.name]));
        const items = countsOf(store, id).map(({ accountId, serviceId, unitCount, at }) => ({
          accountId,
          serviceId,
          serviceName: names.get(serviceId) ?? null,
          unitCount,
          at,
        }));
        return { status: 200, body: { items } };
      },
    },
    {
      method: "GET",
      path: `${root}/calls`,
      run: (call) => {
        const { id } = organizationAt(store, call);
        const since = call.query.get("since") ?? "0";
        // a number asks for the calls after that one, a time for those from then on
        const number = /^\d+$/.test(since) ? Number(since) : undefined;
        const time = number === undefined ? Date.parse(since) : 0;
        if (Number.isNaN(time)) throw new Refusal(400, ["since must be a time (RFC 3339) or the n of a call"]);
        const items = calls.of(id, ({ n, at }) => (number === undefined ? Date.parse(at) >= time : n > number));
        return { status: 200, body: { items } };
      },
    },
  ];
};
