import * as z from "zod";
import { param, parseBody, Refusal } from "../calls/exchange.ts";
import type { PartnerRoute, SandboxWorld } from "../world/sandbox-world.ts";
import { type Change, put } from "../world/state-store.ts";
import { allCardsOf, type Card, openCardsOf, zerosWithoutCard } from "./cards.ts";
import { organizationAt } from "./partner-views.ts";

const root = "/_partner/organizations/:organizationId/cards";
const state = z.enum(["open", "approved", "dismissed", "all"]);
const chosen = z.strictObject({ cardIds: z.array(z.string().min(1)).min(1).max(20_000) });

type Verb = "approve" | "dismiss";

/** Sets what the PSA bills for a card's pair, or notes the count that is not to be shown again. */
const settled = (organizationId: string, verb: Verb, card: Card): { change: Change; after: Card } => {
  const { accountId, serviceId, vendorUnits, psaQuantity } = card;
  const decided =
    verb === "approve" ? { quantity: vendorUnits, dismissed: null } : { quantity: psaQuantity, dismissed: vendorUnits };
  return {
    change: put("billed", { organizationId, accountId, serviceId, ...decided }),
    after: { ...card, psaQuantity: decided.quantity, state: verb === "approve" ? "approved" : "dismissed" },
  };
};

/** What the partner makes of the counts: the SYNTHESIZE tab. */
export const partnerCardRoutes = ({ store }: SandboxWorld): PartnerRoute[] => {
  const settleOne = (verb: Verb): PartnerRoute => ({
    method: "POST",
    path: `${root}/:cardId/${verb}`,
    run: (call) => {
      const { id } = organizationAt(store, call);
      const card = openCardsOf(store, id).find(({ cardId }) => cardId === param(call, "cardId"));
      if (!card) throw new Refusal(404, `No card found with id: ${param(call, "cardId")}`);
      const { change, after } = settled(id, verb, card);
      store.commit(change);
      return { status: 200, body: after };
    },
  });
  /** A card that is settled already, in another tab for instance, is passed over. */
  const settleMany = (verb: Verb): PartnerRoute => ({
    method: "POST",
    path: `${root}/${verb}`,
    run: (call) => {
      const { id } = organizationAt(store, call);
      const cardIds = new Set(parseBody(chosen, call.body).cardIds);
      const done = openCardsOf(store, id)
        .filter(({ cardId }) => cardIds.has(cardId))
        .map((card) => settled(id, verb, card));
      store.commit(...done.map(({ change }) => change));
      return { status: 200, body: { items: done.map(({ after }) => after) } };
    },
  });

  return [
    {
      method: "GET",
      path: root,
      run: (call) => {
        const { id } = organizationAt(store, call);
        const asked = state.safeParse(call.query.get("state") ?? "open");
        if (!asked.success) throw new Refusal(400, [`state must be one of: ${state.options.join(", ")}`]);
        const items = allCardsOf(store, id).filter((card) => asked.data === "all" || card.state === asked.data);
        return { status: 200, body: { items, zerosWithoutCard: zerosWithoutCard(store, id) } };
      },
    },
    settleMany("approve"),
    settleMany("dismiss"),
    settleOne("approve"),
    settleOne("dismiss"),
  ];
};
