import type { BodyOf } from "#client/api-client";
import { countOf, numberOf } from "../../../../page-parts/words.ts";

export type Mapping = BodyOf<"GET /v1/integrations/gradient/mapping">;
export type Kind = "accounts" | "services";
export type Gap = Mapping["unmapped"]["accounts"][number];
export type MappingItem = BodyOf<"GET /v1/integrations/gradient/mapping/items">["items"][number];

/**
 * Gradient was looked at since customers were put there first. Before, nobody knows what Gradient has matched by
 * itself, and a zero would say that it is nothing.
 */
export const isLookedAt = (mapping: Pick<Mapping, "lastCheckedAt" | "lastChanges" | "accounts">): boolean => {
  const { lastCheckedAt, lastChanges, accounts } = mapping;
  if (lastCheckedAt === null) return false;
  return accounts.mapped > 0 || lastChanges?.at !== lastCheckedAt || lastChanges.created === 0;
};

/** The integration itself does not tell of how many nothing is known. */
export interface Share {
  total: number;
  mapped: number;
  unknown?: number;
}

/** `1 of 4 services (3 not known yet)`. */
export const shareWords = ({ total, mapped, unknown = 0 }: Share, one: string): string => {
  if (unknown > 0 && unknown === total) return `${countOf(total, one)} (not known yet)`;
  return `${numberOf(mapped)} of ${countOf(total, one)}${unknown > 0 ? ` (${numberOf(unknown)} not known yet)` : ""}`;
};

/** With this one where it was not, without it where it was. */
export const toggled = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
};

export const oneOf: Record<Kind, string> = { accounts: "customer", services: "service" };

/** Those of a kind which have the status, page by page. */
export const askedItems = (kind: Kind, status: "unmapped" | "left-out") => (cursor: string) => ({
  query: { kind, status, cursor },
});
