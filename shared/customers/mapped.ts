import type { LedgerEntry } from "../usage/ledger.ts";

/**
 * Which customers are mapped in Gradient, as far as anybody can know: the newest evidence counts. One kind of evidence
 * is Gradient's own word. Only it shows that a mapping was taken away, because a number that has not changed is not
 * sent again. The other kind is an accepted count. It proves the mapping until the line is answered with `unmapped`, or
 * Gradient says the contrary later (`toldAt`). One proven line is enough: the customer's others may be unmapped for
 * want of their service.
 */
export const mappedCustomers = (ledger: Iterable<LedgerEntry>, toldAt: string | null) => {
  const acceptedAt = new Map<string, string>();
  for (const { customerId, accepted, last } of ledger) {
    if (accepted === null || last.outcome === "unmapped") continue;
    if (accepted.at > (acceptedAt.get(customerId) ?? "")) acceptedAt.set(customerId, accepted.at);
  }
  return {
    /** Counts prove that the customer is mapped, or was: Gradient's own word is left out. */
    isProven: (customerId: string): boolean => acceptedAt.has(customerId),
    /** `told`: Gradient's own word; null where it does not tell. */
    isMapped: (customerId: string, told: boolean | null): boolean => {
      if (told === true) return true;
      const at = acceptedAt.get(customerId);
      return at !== undefined && (told === null || at > (toldAt ?? ""));
    },
  };
};
