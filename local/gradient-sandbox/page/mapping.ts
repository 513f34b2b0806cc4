import type { OrganizationDetail } from "./sandbox-api.ts";

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
  near: Named[];
}

/** What the two mapping steps have in common, so that one board does for both. */
export interface Mapping {
  items: Item[];
  psa: Named[];
  words: { one: string; many: string; psaOne: string; psaMany: string };
}

export const mappingOf = (organization: OrganizationDetail, kind: Kind): Mapping =>
  kind === "accounts"
    ? {
        items: organization.accounts.map(({ psaClientId, nearMatches, ...one }) => ({
          ...one,
          psaId: psaClientId,
          near: nearMatches ?? [],
        })),
        psa: organization.psaClients,
        words: { one: "account", many: "accounts", psaOne: "customer", psaMany: "customers" },
      }
    : {
        items: organization.services.map(({ psaProductId, nearMatches, ...one }) => ({
          ...one,
          psaId: psaProductId,
          near: nearMatches ?? [],
        })),
        psa: organization.psaProducts,
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
}

/** What is not mapped and has the same name in the PSA, or nearly. */
export const offersOf = ({ items, psa }: Mapping): Offer[] => {
  const byName = new Map(psa.map((one) => [one.name, one]));
  return items
    .filter(({ isMapped, excluded }) => !isMapped && !excluded)
    .flatMap(({ id, name, near }) => {
      const same = byName.get(name);
      const found = same === undefined ? near : [same];
      return found.map((one) => ({ id, name, psaId: one.id, psaName: one.name, isSame: one === same }));
    });
};

export const matches = (text: string, name: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase());
