import { param, Refusal } from "./exchange.ts";
import { cardsOf, countsOf, organizationAt } from "./partner-views.ts";
import type { PartnerRoute, SandboxWorld } from "./sandbox-world.ts";
import { servicesOf } from "./service-links.ts";
import { put } from "./state-store.ts";

const root = "/_partner/organizations/:organizationId";

/** What has arrived, and what the partner makes of it: stored counts, the log of calls, cards. */
export const partnerCountRoutes = ({ store, calls }: SandboxWorld): PartnerRoute[] => {
  /** Sets what the PSA bills for a card's pair, or notes the count that is not to be shown again. */
  const settle = (verb: "approve" | "dismiss"): PartnerRoute => ({
    method: "POST",
    path: `${root}/cards/:cardId/${verb}`,
    run: (call) => {
      const organization = organizationAt(store, call);
      const card = cardsOf(store, organization.id).find(({ cardId }) => cardId === param(call, "cardId"));
      if (!card) throw new Refusal(404, `No card found with id: ${param(call, "cardId")}`);
      const { accountId, serviceId, vendorUnits, psaQuantity } = card;
      const decided =
        verb === "approve"
          ? { quantity: vendorUnits, dismissed: null }
          : { quantity: psaQuantity, dismissed: vendorUnits };
      store.commit(put("billed", { organizationId: organization.id, accountId, serviceId, ...decided }));
      return { status: 200, body: { ...card, psaQuantity: decided.quantity } };
    },
  });

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
    {
      method: "GET",
      path: `${root}/cards`,
      run: (call) => ({ status: 200, body: { items: cardsOf(store, organizationAt(store, call).id) } }),
    },
    settle("approve"),
    settle("dismiss"),
  ];
};
