import type { BodyOf } from "#client/api-client";

export type Mapping = BodyOf<"GET /v1/integrations/gradient/mapping">;
export type Kind = "accounts" | "services";
export type Gap = Mapping["unmapped"]["accounts"][number];
export type MappingItem = BodyOf<"GET /v1/integrations/gradient/mapping/items">["items"][number];

export const oneOf: Record<Kind, string> = { accounts: "customer", services: "service" };

/** Those of a kind which have the status, page by page. */
export const askedItems = (kind: Kind, status: "unmapped" | "left-out") => (cursor: string) => ({
  query: { kind, status, cursor },
});
