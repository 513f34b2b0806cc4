import type { LedgerEntry } from "../usage/ledger.ts";
import type { CustomerUsage } from "../usage/usage.ts";
import { type Customer, isBilled } from "./customer.ts";
import { knownTogether, type MappingEvidence } from "./mapped.ts";

/** Something that is not billed: not mapped, or left out. */
export interface Gap {
  id: string;
  name: string;
  /** How many units Gradient does not bill because of it. */
  unbilledUnits: number;
  /** When it was known to be mapped last; null for never. */
  wasMappedAt: string | null;
  /** Whether it is mapped, Gradient or a count has shown; else nobody has been able to look yet. */
  isKnown: boolean;
}

/** What is neither mapped nor unknown is not mapped. */
interface Share {
  total: number;
  mapped: number;
  unknown: number;
}

/** How far the mapping is, and what its gaps cost. What is in use is mapped, or unmapped, or left out. */
export interface Coverage {
  accounts: Share;
  services: Share;
  /** `accounts` and `services`: by a person's decision. */
  leftOut: { accounts: number; services: number; trial: number; notProvisioned: number };
  /** Units of whoever and whatever is known not to be mapped, each once. */
  unbilledUnits: number;
  /** Most units first. */
  unmapped: { accounts: Gap[]; services: Gap[] };
  leftOutServices: Gap[];
}

export interface CoverageSources {
  customers: Customer[];
  usage: ReadonlyMap<string, CustomerUsage>;
  evidence: MappingEvidence;
  /** By id; a service that is in use and not in the catalogue goes by its id. */
  serviceNames: ReadonlyMap<string, string>;
  leftOutServiceIds: readonly string[];
  /** When services were seen mapped, on this connection or an earlier one. */
  onceMapped: readonly { id: string; at: string }[];
  lastAccepted: LastAccepted;
}

export interface LastAccepted {
  accounts: ReadonlyMap<string, string>;
  services: ReadonlyMap<string, string>;
}

/** When Gradient last accepted a count of each, whatever has been lost since. */
export const lastAcceptedIn = (entries: Iterable<LedgerEntry>): LastAccepted => {
  const accounts = new Map<string, string>();
  const services = new Map<string, string>();
  const note = (half: Map<string, string>, id: string, at: string) => {
    if (at > (half.get(id) ?? "")) half.set(id, at);
  };
  for (const { customerId, serviceId, accepted } of entries) {
    if (accepted === null) continue;
    note(accounts, customerId, accepted.at);
    note(services, serviceId, accepted.at);
  }
  return { accounts, services };
};

const latest = (a: string | null | undefined, b: string | undefined): string | null =>
  [a, b]
    .filter((at) => typeof at === "string")
    .sort()
    .at(-1) ?? null;

const byUnits = (a: Gap, b: Gap): number => b.unbilledUnits - a.unbilledUnits;

/** An account that is not billed, with the units that it leaves unbilled of services that are not left out. */
export const accountGap = (
  { id, name, mappedAt, isMapped }: Customer,
  { usage, lastAccepted, evidence }: Pick<CoverageSources, "usage" | "lastAccepted" | "evidence">,
  isServiceLeftOut: (id: string) => boolean,
): Gap => {
  let unbilledUnits = 0;
  for (const [serviceId, { unitCount }] of Object.entries(usage.get(id)?.counts ?? {})) {
    if (!isServiceLeftOut(serviceId)) unbilledUnits += unitCount;
  }
  const wasMappedAt = latest(mappedAt, lastAccepted.accounts.get(id));
  return { id, name, unbilledUnits, wasMappedAt, isKnown: evidence.knownOfAccount(id, isMapped) !== null };
};

/** By service that a billed customer has a count for. */
const unitsByService = (billed: Customer[], usage: CoverageSources["usage"]): Map<string, number> => {
  const units = new Map<string, number>();
  for (const { id: customerId } of billed) {
    for (const [id, { unitCount }] of Object.entries(usage.get(customerId)?.counts ?? {})) {
      units.set(id, (units.get(id) ?? 0) + unitCount);
    }
  }
  return units;
};

/** Of lines that Gradient is known not to bill, for one of their halves. */
const unbilledUnitsOf = (
  billed: Customer[],
  { usage, evidence }: CoverageSources,
  isLeftOut: (id: string) => boolean,
) => {
  let units = 0;
  for (const { id: customerId, isMapped } of billed) {
    const account = evidence.knownOfAccount(customerId, isMapped);
    for (const [id, { unitCount }] of Object.entries(usage.get(customerId)?.counts ?? {})) {
      if (!isLeftOut(id) && knownTogether(account, evidence.knownOfService(id)) === false) units += unitCount;
    }
  }
  return units;
};

const shareOf = (total: number, gaps: Gap[]): Share => ({
  total,
  mapped: total - gaps.length,
  unknown: gaps.filter(({ isKnown }) => !isKnown).length,
});

export const hasGaps = ({ unmapped: { accounts, services } }: Pick<Coverage, "unmapped">): boolean =>
  accounts.length + services.length > 0;

export const coverageOf = (sources: CoverageSources): Coverage => {
  const { customers, usage, evidence, serviceNames, lastAccepted } = sources;
  const gone = new Set(sources.leftOutServiceIds);
  const isLeftOut = (id: string): boolean => gone.has(id);
  const onceMapped = new Map(sources.onceMapped.map(({ id, at }) => [id, at]));
  const present = customers.filter(({ removedAt }) => removedAt === null);
  const billed = present.filter(isBilled);
  const units = unitsByService(billed, usage);
  const serviceGap = (id: string): Gap => ({
    id,
    name: serviceNames.get(id) ?? id,
    unbilledUnits: units.get(id) ?? 0,
    wasMappedAt: latest(onceMapped.get(id), lastAccepted.services.get(id)),
    isKnown: evidence.knownOfService(id) !== null,
  });
  const inUse = [...units.keys()].filter((id) => !isLeftOut(id));
  const accounts = billed
    .filter(({ id, isMapped }) => !evidence.isAccountMapped(id, isMapped))
    .map((customer) => accountGap(customer, sources, isLeftOut))
    .toSorted(byUnits);
  const services = inUse
    .filter((id) => !evidence.isServiceMapped(id))
    .map(serviceGap)
    .toSorted(byUnits);
  const chosen = present.filter(({ leftOut }) => leftOut);
  const others = present.filter(({ leftOut }) => !leftOut);
  return {
    accounts: shareOf(billed.length, accounts),
    services: shareOf(inUse.length, services),
    unbilledUnits: unbilledUnitsOf(billed, sources, isLeftOut),
    leftOut: {
      accounts: chosen.length,
      services: gone.size,
      trial: others.filter(({ billing }) => billing === "trial").length,
      notProvisioned: others.filter(({ billing }) => billing === "not-provisioned").length,
    },
    unmapped: { accounts, services },
    leftOutServices: [...gone].map(serviceGap).toSorted(byUnits),
  };
};
