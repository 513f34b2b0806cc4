import { findIntegration } from "../../integrations/integration.ts";
import type { Context } from "../state/asking.ts";
import { type Breaker, isOpen, partnerBreaker, vendorBreaker } from "../state/breaker.ts";
import { isCurrent, type Refusal } from "../state/refusal.ts";

// more than two clocks are apart
const aheadAtMostMs = 5_000;

/**
 * The breakers that a refusal may open. `vendor` or `partner` where that one is open already, `outdated` where the
 * refusal says nothing any more: whoever sends again then is told something by the answer.
 */
export const standingOf = async (
  { table, rows, vendorKey, clock }: Pick<Context, "table" | "rows" | "vendorKey" | "clock">,
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
  if (isCurrent(refusal, { integration, partner, vendor, keyVersion })) return { partner, vendor };
  // As long as a decision lies in the future by this clock, the next refusal would be older than that again, and the
  // one after it.
  const aheadMs = Math.max(Date.parse(partner.changedAt), Date.parse(vendor.changedAt)) - clock.now();
  if (aheadMs >= 0) await clock.sleep(Math.min(aheadMs + 1, aheadAtMostMs));
  return "outdated";
};
