import type { LedgerEntry } from "../usage/ledger.ts";

interface Sources {
  /** Of the connection that the partner has now. */
  ledger: Iterable<LedgerEntry>;
  /** What was accepted below it proves nothing of the accounts there are now (`Integration.proofGen`). */
  proofGen: number;
  /** When Gradient was asked for its accounts last; null: its word is of an earlier token, and says nothing. */
  toldAt: string | null;
  /** Services that counts have shown mapped, of this token and these accounts (`mapping.mappedServiceIds`). */
  seenServiceIds: Iterable<string>;
}

/** The newest that counts have shown of an account, or of a service; "" for never. */
interface Shown {
  acceptedAt: string;
  /** The same below the floor of proof, too: no proof, but whatever is older has nothing to say against it. */
  takenAt: string;
  /** A 404 has named it. */
  missedAt: string;
  /** A 404 has named neither half of one of its lines. */
  isDoubted: boolean;
}

const nothing: Shown = { acceptedAt: "", takenAt: "", missedAt: "", isDoubted: false };
const newest = (a: string, b: string): string => (a > b ? a : b);

/** Null: nobody knows whether what was taken since the contrary was told was taken of what there is now. */
const judged = ({ acceptedAt, takenAt }: Shown, contraryAt: string): boolean | null => {
  if (acceptedAt > contraryAt) return true;
  return takenAt > contraryAt ? null : false;
};

/** By counts alone; null where none has told anything of it. */
const judgedByCounts = (shown: Shown): boolean | null =>
  shown.acceptedAt === "" && shown.missedAt === "" && !shown.isDoubted ? null : judged(shown, shown.missedAt);

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
 * which. A wish for everything raises the floor of proof, too, and says nothing of the mapping: what only was accepted
 * below it is not known any more, and never known to be unmapped.
 */
export const mappingEvidence = ({ ledger, proofGen, toldAt, seenServiceIds }: Sources) => {
  const accounts = new Map<string, Shown>();
  const services = new Map<string, Shown>();
  const seen = new Set(toldAt === null ? [] : seenServiceIds);
  const note = (half: Map<string, Shown>, id: string, shown: Shown) => {
    const before = half.get(id) ?? nothing;
    half.set(id, {
      acceptedAt: newest(before.acceptedAt, shown.acceptedAt),
      takenAt: newest(before.takenAt, shown.takenAt),
      missedAt: newest(before.missedAt, shown.missedAt),
      isDoubted: before.isDoubted || shown.isDoubted,
    });
  };
  for (const { customerId, serviceId, accepted, last } of ledger) {
    const isMissed = last.outcome === "unmapped";
    const isDoubted = isMissed && last.missing === undefined;
    const takenAt = isDoubted ? "" : (accepted?.at ?? "");
    const acceptedAt = accepted !== null && accepted.gen >= proofGen ? takenAt : "";
    // a 404 that names one half says nothing of the other
    const missedAt = (half: "account" | "service") => (isMissed && last.missing === half ? last.at : "");
    note(accounts, customerId, { acceptedAt, takenAt, missedAt: missedAt("account"), isDoubted });
    note(services, serviceId, { acceptedAt, takenAt, missedAt: missedAt("service"), isDoubted });
  }
  const service = (serviceId: string): Shown => services.get(serviceId) ?? nothing;
  const account = (customerId: string): Shown => accounts.get(customerId) ?? nothing;

  const knownOfService = (serviceId: string): boolean | null =>
    judgedByCounts(service(serviceId)) ?? (seen.has(serviceId) ? true : null);

  const knownOfAccount = (customerId: string, told: boolean | null): boolean | null => {
    const shown = account(customerId);
    if (told === null || toldAt === null) return judgedByCounts(shown);
    if (!told) return judged(shown, newest(shown.missedAt, toldAt));
    // a list that began before the 404 does not overrule it
    return shown.missedAt <= toldAt || judged(shown, shown.missedAt);
  };

  return {
    service,
    account,
    isServiceMapped: (serviceId: string): boolean => knownOfService(serviceId) === true,
    /** `told`: Gradient's own word; null where it does not tell. */
    isAccountMapped: (customerId: string, told: boolean | null): boolean => knownOfAccount(customerId, told) === true,
    /** Whether it is mapped; null where nobody has been able to look yet, and nothing is to be said of it. */
    knownOfService,
    knownOfAccount,
  };
};
export type MappingEvidence = ReturnType<typeof mappingEvidence>;
