import type { LedgerEntry } from "../usage/ledger.ts";

interface Sources {
  /** Of the connection that the partner has now. */
  ledger: Iterable<LedgerEntry>;
  /** What was accepted below it concerns accounts that are gone (`Integration.proofGen`). */
  proofGen: number;
  /** When Gradient was asked for its accounts last; null: its word is of an earlier token, and says nothing. */
  toldAt: string | null;
}

/** The newest that counts have shown of an account, or of a service; "" for never. */
interface Shown {
  acceptedAt: string;
  /** A 404 has named it. */
  missedAt: string;
}

const nothing: Shown = { acceptedAt: "", missedAt: "" };
const newest = (a: string, b: string): string => (a > b ? a : b);

/** What is known of a line by what is known of its two halves: false where one of them is known not to be mapped. */
export const knownTogether = (account: boolean | null, service: boolean | null): boolean | null => {
  if (account === false || service === false) return false;
  return account === null || service === null ? null : true;
};

/**
 * What is mapped in Gradient, as far as anybody can know: the one definition of it. The newest evidence counts, for
 * accounts and for services apart. One kind is Gradient's own word, which there is for accounts only; only it shows
 * that a mapping was taken away, because a number that has not changed is not sent again. The other kind is counts: an
 * accepted one proves both its halves, until a 404 names one of them, or answers that same line without a word of
 * which.
 */
export const mappingEvidence = ({ ledger, proofGen, toldAt }: Sources) => {
  const accounts = new Map<string, Shown>();
  const services = new Map<string, Shown>();
  // whose count was answered, also by a 404 that names neither half
  const tried = { accounts: new Set<string>(), services: new Set<string>() };
  const note = (half: Map<string, Shown>, id: string, acceptedAt: string, missedAt: string) => {
    if (acceptedAt === "" && missedAt === "") return;
    const before = half.get(id) ?? nothing;
    half.set(id, {
      acceptedAt: newest(before.acceptedAt, acceptedAt),
      missedAt: newest(before.missedAt, missedAt),
    });
  };
  for (const { customerId, serviceId, accepted, last } of ledger) {
    const acceptedAt = accepted !== null && accepted.gen >= proofGen ? accepted.at : "";
    const isMissed = last.outcome === "unmapped";
    const isHalf = (half: "account" | "service") => isMissed && last.missing === half;
    const isUnknown = isMissed && last.missing === undefined;
    if (acceptedAt !== "" || isMissed) {
      tried.accounts.add(customerId);
      tried.services.add(serviceId);
    }
    note(accounts, customerId, isUnknown ? "" : acceptedAt, isHalf("account") ? last.at : "");
    note(services, serviceId, isUnknown ? "" : acceptedAt, isHalf("service") ? last.at : "");
  }
  const isShown = ({ acceptedAt, missedAt }: Shown): boolean => acceptedAt > missedAt;

  const isServiceMapped = (serviceId: string): boolean => isShown(services.get(serviceId) ?? nothing);
  const isAccountMapped = (customerId: string, told: boolean | null): boolean => {
    const shown = accounts.get(customerId) ?? nothing;
    if (told === null || toldAt === null) return isShown(shown);
    if (!told) return isShown(shown) && shown.acceptedAt > toldAt;
    // a list that began before the 404 does not overrule it
    return shown.missedAt <= toldAt || isShown(shown);
  };

  const knownOfService = (serviceId: string): boolean | null =>
    tried.services.has(serviceId) ? isServiceMapped(serviceId) : null;
  const knownOfAccount = (customerId: string, told: boolean | null): boolean | null =>
    (told !== null && toldAt !== null) || tried.accounts.has(customerId) ? isAccountMapped(customerId, told) : null;

  return {
    service: (serviceId: string): Shown => services.get(serviceId) ?? nothing,
    account: (customerId: string): Shown => accounts.get(customerId) ?? nothing,
    isServiceMapped,
    /** `told`: Gradient's own word; null where it does not tell. */
    isAccountMapped,
    /** Whether it is mapped; null where nobody has been able to look yet, and nothing is to be said of it. */
    knownOfService,
    knownOfAccount,
  };
};
export type MappingEvidence = ReturnType<typeof mappingEvidence>;
