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

/** The counts of mapped accounts and services, each with what the PSA bills. */
const mappedCountsOf = (store: StateStore, organizationId: string) => {
  const services = new Map(servicesOf(store, organizationId).map((service) => [service.id, service]));
  return countsOf(store, organizationId).flatMap((count) => {
    const { accountId, serviceId } = count;
    const account = store.read.accounts.get(keyOf(organizationId, accountId));
    const service = services.get(serviceId);
    const isMapped = account?.mappingId && linkOf(store, organizationId, serviceId).mappingId;
    if (!account || !service || !isMapped) return [];
    return [{ count, account, service, billed: store.read.billed.get(keyOf(organizationId, accountId, serviceId)) }];
  });
};

type MappedCount = ReturnType<typeof mappedCountsOf>[number];

const isNoNews = ({ count, billed }: MappedCount): boolean => billed === undefined && count.unitCount === 0;

/**
 * The cards of mapped accounts and services: open where the PSA bills another count, approved where the partner made it
 * bill this one, dismissed where the partner wants to see this count no more. A first count of zero makes no
 * card: it is no news.
 */
export const allCardsOf = (store: StateStore, organizationId: string): Card[] =>
  mappedCountsOf(store, organizationId)
    .filter((one) => !isNoNews(one))
    .map(({ count, account, service, billed }) => {
      const { unitCount, previousUnitCount } = count;
      const psaQuantity = billed?.quantity ?? 0;
      const settled = psaQuantity === unitCount ? "approved" : "dismissed";
      const isOpen = psaQuantity !== unitCount && billed?.dismissed !== unitCount;
      return {
        cardId: createHash("sha256").update(keyOf(account.id, service.id)).digest("hex").slice(0, 24),
        accountId: account.id,
        accountName: account.name,
        serviceId: service.id,
        serviceName: service.name,
        vendorUnits: unitCount,
        previousUnits: previousUnitCount,
        psaQuantity,
        state: isOpen ? "open" : settled,
      };
    });

/** How many counts were accepted and have no card, as they are no news. */
export const zerosWithoutCard = (store: StateStore, organizationId: string): number =>
  mappedCountsOf(store, organizationId).filter(isNoNews).length;

/** Those that the partner still has to decide. */
export const openCardsOf = (store: StateStore, organizationId: string): Card[] =>
  allCardsOf(store, organizationId).filter(({ state }) => state === "open");
