import type { Customer } from "#shared/customers/customer";
import type { MappingEvidence } from "#shared/customers/mapped";
import { type LedgerEntry, lineKey, surelyHolds } from "#shared/usage/ledger";
import type { CustomerUsage } from "#shared/usage/usage";

/** What a look has shown that lines wait for; of each kind, whether there is any. */
export interface Growth {
  /** Something is mapped now that was not: lines that Gradient does not hold are wanted. */
  hasGrown: boolean;
  /**
   * Gradient calls an account mapped, before and after it has answered one of its lines with a 404. It may have been
   * mapped anew, or Gradient contradicts itself: so it is growth, but once a day at most.
   */
  isContradicted: boolean;
  /**
   * An account is mapped again that Gradient had said was not: what it accepted of it before may have gone elsewhere,
   * and the counts have to be sent again although they have not changed.
   */
  isMappedAnew: boolean;
}

interface Seen {
  /** With what Gradient had told of them before this look. */
  billed: Customer[];
  told: (customerId: string) => boolean | null;
  listedAt: string;
  /** When Gradient was asked the time before. */
  toldBeforeAt: string | null;
  usage: Map<string, CustomerUsage>;
  entries: Map<string, LedgerEntry>;
  evidence: MappingEvidence;
  proofGen: number;
}

// a 404 and a list are dated by two machines
const clocksApartMs = 5_000;

const isSurelyBefore = (at: string, other: string): boolean => Date.parse(at) + clocksApartMs <= Date.parse(other);

/**
 * Compares what the ledger says of each line with what is known to be mapped now. These are levels, so a look that dies
 * has its growth found by the next one; and a 404 needs no note of its own: it stands against the list before it, and
 * the list after it counts as new.
 */
export const growthOf = ({
  billed,
  told,
  listedAt,
  toldBeforeAt,
  usage,
  entries,
  evidence,
  proofGen,
}: Seen): Growth => {
  const growth: Growth = { hasGrown: false, isContradicted: false, isMappedAnew: false };

  /** Of a line that was answered with a 404 when it was sent last. */
  const lookAtMissed = ({ customerId, serviceId, last }: LedgerEntry): void => {
    const isTold = told(customerId);
    if (last.missing === "service") {
      // another customer's count of the service was accepted since
      if (isTold !== false && evidence.service(serviceId).acceptedAt > last.at) growth.hasGrown = true;
      return;
    }
    const { acceptedAt, missedAt } = evidence.service(serviceId);
    if (isTold === true && missedAt <= acceptedAt && isSurelyBefore(last.at, listedAt)) growth.isContradicted = true;
  };

  for (const customer of billed) {
    const { id: customerId, isMapped: toldBefore } = customer;
    const isNews = told(customerId) === true && toldBefore !== true;
    for (const [serviceId, { unitCount }] of Object.entries(usage.get(customerId)?.counts ?? {})) {
      const entry = entries.get(lineKey({ customerId, serviceId }));
      const isHeld = surelyHolds(entry, unitCount, proofGen);
      if (isNews) {
        if (!isHeld) growth.hasGrown = true;
        else if (toldBefore === false && toldBeforeAt !== null && (entry?.accepted?.at ?? "") < toldBeforeAt) {
          growth.isMappedAnew = true;
        }
      } else if (entry?.last.outcome === "unmapped") lookAtMissed(entry);
    }
  }
  return growth;
};
