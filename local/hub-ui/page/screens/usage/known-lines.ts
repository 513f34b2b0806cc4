import type { BodyOf } from "#client/api-client";
import type { Mapping } from "../../wizard/mapping/mapping.ts";

type Line = BodyOf<"GET /v1/integrations/gradient/usage">["items"][number];
type Gaps = readonly { id: string; isKnown: boolean }[];

/** Whoever and whatever is not mapped, as the service counts it; `isAll`: there are no more. */
export interface Unmapped {
  accounts: { gaps: Gaps; isAll: boolean };
  services: { gaps: Gaps; isAll: boolean };
}

export const unmappedIn = ({ unmapped, more }: Pick<Mapping, "unmapped" | "more">): Unmapped => ({
  accounts: { gaps: unmapped.accounts, isAll: more.accounts === 0 },
  services: { gaps: unmapped.services, isAll: more.services === 0 },
});

const knownIn = ({ gaps, isAll }: Unmapped["accounts"]) => {
  const known = new Map(gaps.map(({ id, isKnown }) => [id, isKnown]));
  return (id: string): boolean | null => {
    const isKnown = known.get(id);
    if (isKnown === undefined) return isAll ? true : null;
    return isKnown ? false : null;
  };
};

/**
 * Whether a line's customer and service are mapped, by what the mapping tells; null where that is not known, and of a
 * line that is not billed any more, which has no count of its own.
 */
export const isMappedBy = (unmapped: Unmapped | undefined) => {
  if (unmapped === undefined) return () => null;
  const [ofCustomer, ofService] = [knownIn(unmapped.accounts), knownIn(unmapped.services)];
  return ({ customerId, serviceId, asOf }: Pick<Line, "customerId" | "serviceId" | "asOf">): boolean | null => {
    if (asOf === null) return null;
    const halves = [ofCustomer(customerId), ofService(serviceId)];
    return halves.includes(false) ? false : halves.includes(null) ? null : true;
  };
};
