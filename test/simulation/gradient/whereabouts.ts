import { organizationIdOf, partnerIdOf } from "../history/rows.ts";
import type { Organization } from "./organization.ts";
import type { GradientVendor } from "./vendor.ts";

/** Where each partner's people are in Gradient: in its first organization, or in another one of its own. */
export const whereabouts = (vendor: GradientVendor, partners: number) => {
  const firsts = Array.from({ length: partners }, (_, place) => vendor.add(organizationIdOf(place)));
  const others = new Map<number, Organization>();
  const organizations = [...firsts];
  return {
    organizations,
    /** To the other one, or back. */
    move: (place: number): Organization => {
      const other = others.get(place) ?? vendor.add(`other-${partnerIdOf(place)}`);
      others.set(place, other);
      const first = firsts[place];
      const to = organizations[place] === other && first ? first : other;
      organizations[place] = to;
      return to;
    },
  };
};
