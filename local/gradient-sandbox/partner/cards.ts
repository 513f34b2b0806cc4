import { createHash } from "node:crypto";
import { keyOf } from "../world/records.ts";
import { linkOf, servicesOf } from "../world/service-links.ts";
import type { StateStore } from "../world/state-store.ts";
import { countsOf } from "./partner-views.ts";

export interface Card {
  cardId: string;
  accountId: string;
  accountName: string;
  serviceId: string;
  serviceName: string;
  vendorUnits: number;
  /** The last count that was another one; null for the first. */
  previousUnits: number | null;
  psaQuantity: number;
  state: CardState;
}
export type CardState = "open" | "approved" | "dismissed";

/**
 * The cards of mapped accounts and services: open where the PSA bills another count, approved where the partner made it
 * bill this one, dismissed where the partner wants to see this count no more. A first count of zero makes no
 * card: it is no news.
 */
export const allCardsOf = (store: StateStore, organizationId: string): Card[] => {
  const services = new Map(servicesOf(store, organizationId).map((service) => [service.id, service]));
  return countsOf(store, organizationId).flatMap(({ accountId, serviceId, unitCount, previousUnitCount }) => {
    const account = store.read.accounts.get(keyOf(organizationId, accountId));
    const service = services.get(serviceId);
    const isMapped = account?.mappingId && linkOf(store, organizationId, serviceId).mappingId;
    if (!account || !service || !isMapped) return [];
    const billed = store.read.billed.get(keyOf(organizationId, accountId, serviceId));
    const psaQuantity = billed?.quantity ?? 0;
    if (billed === undefined && unitCount === 0) return [];
    const settled = psaQuantity === unitCount ? "approved" : "dismissed";
    const isOpen = psaQuantity !== unitCount && billed?.dismissed !== unitCount;
    return [
      {
        cardId: createHash("sha256").update(keyOf(accountId, serviceId)).digest("hex").slice(0, 24),
        accountId,
        accountName: account.name,
        serviceId,
        serviceName: service.name,
        vendorUnits: unitCount,
        previousUnits: previousUnitCount,
        psaQuantity,
        state: isOpen ? "open" : settled,
      },
    ];
  });
};

/** Those that the partner still has to decide. */
export const openCardsOf = (store: StateStore, organizationId: string): Card[] =>
  allCardsOf(store, organizationId).filter(({ state }) => state === "open");
