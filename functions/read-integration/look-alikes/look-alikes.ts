import type { Customer } from "#shared/customers/customer";
import { comparableName } from "./comparable-name.ts";
import { nearNames } from "./near-names.ts";

export interface LookAlike {
  customerIds: string[];
  why: string;
}

const reasons = {
  same: "The names are the same.",
  written: "The names differ only in case, accents, punctuation, spaces or legal form.",
  near: "The names differ by one letter.",
  chain: "Each name differs from another one by one letter.",
};

/** The first place of the group that each place belongs to; the pairs link places into groups. */
const linked = (count: number, pairs: [number, number][]): number[] => {
  const parents = Array.from({ length: count }, (_, place) => place);
  const root = (place: number): number => {
    let at = place;
    for (let parent = parents[at]; parent !== undefined && parent !== at; parent = parents[at]) {
      parents[at] = parents[parent] ?? parent;
      at = parent;
    }
    return at;
  };
  for (const [a, b] of pairs) parents[Math.max(root(a), root(b))] = Math.min(root(a), root(b));
  return parents.map((_, place) => root(place));
};

const whyOf = (names: string[], forms: string[]): string => {
  if (forms.length > 2) return reasons.chain;
  if (forms.length === 2) return reasons.near;
  return new Set(names).size === 1 ? reasons.same : reasons.written;
};

/**
 * Groups of customers that a person may take for one another when mapping them. Each customer is in one group at most.
 */
export const lookAlikes = (customers: Pick<Customer, "id" | "name">[]): LookAlike[] => {
  const byForm = Map.groupBy(customers, ({ name }) => comparableName(name));
  // names without letters and digits have nothing to compare
  byForm.delete("");
  const forms = [...byForm.keys()];
  const roots = linked(forms.length, nearNames(forms));
  const groups = Map.groupBy(forms.keys(), (place) => roots[place]);
  return [...groups.values()].flatMap((places) => {
    const groupForms = places.map((place) => forms[place] ?? "");
    const members = groupForms.flatMap((form) => byForm.get(form) ?? []);
    if (members.length < 2) return [];
    const why = whyOf(
      members.map(({ name }) => name),
      groupForms,
    );
    return [{ customerIds: members.map(({ id }) => id), why }];
  });
};
