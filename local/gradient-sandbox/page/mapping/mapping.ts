import { byName } from "../../../page-parts/words.ts";
import type { NearMatch } from "../../partner/near-names.ts";
import type { OrganizationDetail } from "../sandbox-api.ts";

export type Kind = "accounts" | "services";

interface Named {
  id: string;
  name: string;
}

/** An account or a service of the vendor, and what it is in the partner's PSA. */
export interface Item extends Named {
  psaId: string | null;
  excluded: boolean;
  isMapped: boolean;
  near: NearMatch[];
}

/** Somebody still has to say what it is. */
export const isOpen = ({ isMapped, excluded }: Pick<Item, "isMapped" | "excluded">): boolean => !isMapped && !excluded;

/** What the two mapping steps have in common, so that one board does for both. */
export interface Mapping {
  items: Item[];
  psa: Named[];
  words: { one: string; many: string; psaOne: string; psaMany: string };
}

// Both sides in one order, so that the eye goes down them together.
export const mappingOf = (organization: OrganizationDetail, kind: Kind): Mapping =>
  kind === "accounts"
    ? {
        items: organization.accounts
          .map(({ psaClientId, nearMatches, ...one }) => ({ ...one, psaId: psaClientId, near: nearMatches ?? [] }))
          .toSorted(byName),
        psa: organization.psaClients.toSorted(byName),
        words: { one: "account", many: "accounts", psaOne: "customer", psaMany: "customers" },
      }
    : {
        items: organization.services
          .map(({ psaProductId, nearMatches, ...one }) => ({ ...one, psaId: psaProductId, near: nearMatches ?? [] }))
          .toSorted(byName),
        psa: organization.psaProducts.toSorted(byName),
        words: { one: "service", many: "services", psaOne: "product", psaMany: "products" },
      };

export interface Pair {
  id: string;
  psaId: string | null;
}

/** The body of the sandbox's own route. */
export const mappingsBody = (kind: Kind, pairs: Pair[]) =>
  kind === "accounts"
    ? { accounts: pairs.map(({ id, psaId }) => ({ accountId: id, psaClientId: psaId })) }
    : { services: pairs.map(({ id, psaId }) => ({ serviceId: id, psaProductId: psaId })) };

export interface Offer extends Named {
  psaId: string;
  psaName: string;
  isSame: boolean;
  /** The names differ in more than how they are written. */
  needsALook: boolean;
  /** What else is mapped to it, or may be: only a look at both tells which of them it is. */
  rival: string | undefined;
}

/** What is not mapped and has the same name in the PSA, or nearly. */
export const offersOf = ({ items, psa }: Mapping): Offer[] => {
  const byName = new Map(psa.map((one) => [one.name, one]));
  const takenBy = new Map(items.flatMap(({ psaId, name }) => (psaId === null ? [] : [[psaId, name] as const])));
  const offers = items.filter(isOpen).flatMap(({ id, name, near }) => {
    const same = byName.get(name);
    const found: NearMatch[] = same === undefined ? near : [same];
    return found.map((one) => ({
      id,
      name,
      psaId: one.id,
      psaName: one.name,
      isSame: one === same,
      needsALook: one.needsALook === true,
    }));
  });
  const perTarget = Map.groupBy(offers, ({ psaId }) => psaId);
  return offers.map((offer) => {
    const other = perTarget.get(offer.psaId)?.find(({ id }) => id !== offer.id);
    return { ...offer, rival: takenBy.get(offer.psaId) ?? other?.name };
  });
};

/** Those that may be mapped together: there is one to choose, it is written alike, and nothing else is or may be it. */
export const certainOf = (offers: Offer[]): Offer[] => {
  const perItem = Map.groupBy(offers, ({ id }) => id);
  return [...perItem.values()]
    .flatMap((found) => (found.length === 1 ? found : []))
    .filter(({ rival, needsALook }) => rival === undefined && !needsALook);
};

export const matches = (text: string, name: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase());
