import { findIntegration } from "../../integrations/integration.ts";
import type { Context } from "../state/asking.ts";
import { type Breaker, isOpen, partnerBreaker, vendorBreaker } from "../state/breaker.ts";
import { isCurrent, type Refusal } from "../state/refusal.ts";

/**
 * The breakers that a refusal may open. `vendor` or `partner` where that one is open already, `outdated` where the
 * refusal says nothing any more.
 */
export const standingOf = async (
  { table, rows, vendorKey }: Pick<Context, "table" | "rows" | "vendorKey">,
  refusal: Refusal,
): Promise<{ partner: Breaker; vendor: Breaker } | "vendor" | "partner" | "outdated"> => {
  const { partnerId, tokenVersionId } = refusal;
  const [integration, partner, vendor, { version: keyVersion }] = await Promise.all([
    findIntegration(table, partnerId),
    rows.read(partnerBreaker(partnerId)),
    rows.read(vendorBreaker),
    vendorKey.current(),
  ]);
  if (isOpen(vendor)) return "vendor";
  if (isOpen(partner, tokenVersionId)) return "partner";
  return isCurrent(refusal, { integration, partner, vendor, keyVersion }) ? { partner, vendor } : "outdated";
};
