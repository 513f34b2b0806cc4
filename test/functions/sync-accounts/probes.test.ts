import { describe, expect, it } from "vitest";
import { probesOf } from "#functions/sync-accounts/probes";
import { mappingEvidence } from "#shared/customers/mapped";
import { type LedgerEntry, lineKey, neverCalled } from "#shared/usage/ledger";
import type { CustomerUsage } from "#shared/usage/usage";
import { aCustomer } from "#test/builders/customer";
import { minutesAfter, noon } from "#test/builders/time";
import { aCount } from "#test/builders/usage";
import { aLedgerEntry } from "#test/builders/usage-export";

const ids = (what: string, count: number) => Array.from({ length: count }, (_, at) => `${what}${at}`);
const missed = (customerId: string, serviceId: string, at: string, missing?: "account" | "service"): LedgerEntry =>
  aLedgerEntry({
    customerId,
    serviceId,
    accepted: null,
    last: { outcome: "unmapped", at, ...(missing ? { missing } : {}) },
  });

interface Case {
  customers: string[];
  services: string[];
  told?: Record<string, boolean>;
  ledger?: LedgerEntry[];
  proofGen?: number;
  ready?: string[];
  unbilled?: string[];
  isAwaited?: boolean;
  /** Undefined: the partner maps no more. */
  sweepLooks?: number | undefined;
}

const probes = ({
  customers,
  services,
  told,
  ledger = [],
  proofGen = 0,
  ready = services,
  unbilled = [],
  ...bounds
}: Case): string[] => {
  const counts = Object.fromEntries(services.map((id) => [id, aCount()]));
  const usage = new Map(
    customers.map((id): [string, CustomerUsage] => [id, { partnerId: "p", customerId: id, counts, version: 1 }]),
  );
  const seen = {
    listed: customers.map((id) => aCustomer({ id })),
    listedUnbilled: unbilled.map((id) => aCustomer({ id, billing: "not-provisioned" })),
    leftOutServiceIds: new Set<string>(),
    told: (id: string) => (told === undefined ? null : (told[id] ?? false)),
    usage,
    entries: new Map(ledger.map((entry) => [lineKey(entry), entry])),
    evidence: mappingEvidence({ ledger, proofGen, toldAt: noon, seenServiceIds: [] }),
    proofGen,
    readyServiceIds: new Set(ready),
  };
  const chosen = probesOf(seen, { isAwaited: false, sweepLooks: 3, at: minutesAfter(10), ...bounds });
  return chosen.map(({ customerId, serviceId }) => `${customerId}/${serviceId}`);
};

describe("where Gradient tells what is mapped, a look tries", () => {
  it("nothing while nothing is", () => {
    expect(probes({ customers: ids("c", 9), services: ["s"], told: {} })).toEqual([]);
  });

  it("one count for each service, of mapped accounts, five at most", () => {
    const found = probes({ customers: ids("c", 9), services: ids("s", 7), told: { c3: true, c4: true } });

    expect(found).toHaveLength(5);
    expect(new Set(found.map((pair) => pair.split("/")[1])).size).toBe(5);
    expect(new Set(found.map((pair) => pair.split("/")[0]))).toEqual(new Set(["c3", "c4"]));
  });

  it("all services for somebody who waits", () => {
    const asked = { customers: ids("c", 2), services: ids("s", 9), told: { c0: true }, isAwaited: true };
    expect(probes(asked)).toHaveLength(9);
  });

  it("for somebody who waits also what was tried a moment ago, but no more of it than any look tries", () => {
    const ledger = ids("s", 9).map((id) => missed("c0", id, minutesAfter(10), "service"));
    const asked = { customers: ["c0"], services: ids("s", 9), told: { c0: true }, ledger, isAwaited: true };

    expect(probes(asked)).toHaveLength(5);
    expect(probes({ ...asked, services: ids("s", 12) })).toHaveLength(8);
  });

  it("those services first that were not known lately", () => {
    const ledger = ids("s", 5).map((id) => missed("c0", id, minutesAfter(1), "service"));
    const found = probes({ customers: ["c0"], services: ids("s", 7), told: { c0: true }, ledger });

    expect(found.slice(0, 2).toSorted()).toEqual(["c0/s5", "c0/s6"]);
  });

  it("those services first that were not refused lately, though they were called before", () => {
    const last = { outcome: "deferred" as const, at: neverCalled, refusedAt: minutesAfter(2) };
    const refused = ids("s", 5).map((serviceId) => aLedgerEntry({ customerId: "c0", serviceId, accepted: null, last }));
    const ledger = [...refused, missed("c0", "s5", minutesAfter(1), "service")];
    const found = probes({ customers: ["c0"], services: ids("s", 6), told: { c0: true }, ledger });

    expect(found[0]).toBe("c0/s5");
  });

  it("another account next time, where a 404 did not say what was missing", () => {
    const told = { c0: true, c1: true };
    const [first = ""] = probes({ customers: ["c0", "c1"], services: ["s"], told });
    const ledger = [missed(first.split("/")[0] ?? "", "s", minutesAfter(1))];

    expect(probes({ customers: ["c0", "c1"], services: ["s"], told, ledger })).not.toEqual([first]);
  });

  it("no service that Gradient does not have, and nothing that it has taken", () => {
    const ledger = [aLedgerEntry({ customerId: "c0", serviceId: "s0" })];
    const asked = { customers: ["c0", "c1"], services: ids("s", 3), told: { c0: true, c1: true }, ledger };

    expect(probes({ ...asked, ready: ["s0", "s1"] }).toSorted()).toEqual(["c1/s0", "c1/s1"]);
  });

  it("no service that is known to be mapped, of a partner that maps no more", () => {
    const ledger = [aLedgerEntry({ customerId: "c0", serviceId: "s0" }), missed("c1", "s0", noon, "account")];
    const asked = { customers: ["c0", "c1"], services: ["s0"], told: { c0: true, c1: true }, ledger };

    expect(probes({ ...asked, sweepLooks: undefined })).toEqual([]);
  });

  it("what was accepted on an account that is gone, once it is mapped again", () => {
    const ledger = [aLedgerEntry({ customerId: "c0", serviceId: "s0" })];

    expect(probes({ customers: ["c0"], services: ["s0"], told: { c0: true }, ledger, proofGen: 1 })).toEqual(["c0/s0"]);
  });

  it("of a partner that maps no more, only what a 404 has ended", () => {
    const ledger = [missed("c0", "s1", minutesAfter(1), "service")];
    const asked = { customers: ["c0"], services: ids("s", 3), told: { c0: true }, ledger, sweepLooks: undefined };

    expect(probes(asked)).toEqual(["c0/s1"]);
  });
});

describe("where only counts tell, a look tries", () => {
  it("no more for those that are not billed, and that Gradient holds nothing of", () => {
    const ledger = [missed("c0", "s0", minutesAfter(1), "service")];
    const asked = { customers: ids("c", 40), services: ["s0", "s1"], ledger, sweepLooks: 60 };
    expect(probes({ ...asked, unbilled: ids("gone", 2_000) })).toHaveLength(probes(asked).length);
  });

  it.each([
    ["all of few", 3, 3],
    ["five at least", 12, 5],
    ["a part of more", 60, 20],
    ["fifty at most", 900, 50],
  ])("%s accounts, one service each", (_, customers, expected) => {
    const found = probes({ customers: ids("c", customers), services: ["s"] });

    expect(found).toHaveLength(expected);
    expect(new Set(found.map((pair) => pair.split("/")[0])).size).toBe(expected);
  });

  it("different services at once", () => {
    const found = probes({ customers: ids("c", 9), services: ids("s", 3) });
    expect(new Set(found.map((pair) => pair.split("/")[1])).size).toBe(3);
  });

  it("no pair again before it has tried all others", () => {
    const customers = ids("c", 20);
    const services = ids("s", 3);
    let ledger: LedgerEntry[] = [];
    const tried: string[] = [];
    for (let look = 1; tried.length < 60; look += 1) {
      const found = probes({ customers, services, ledger });
      tried.push(...found);
      const now = found.map((pair) => missed(pair.split("/")[0] ?? "", pair.split("/")[1] ?? "", minutesAfter(look)));
      ledger = [...ledger, ...now];
    }
    expect(new Set(tried.slice(0, 60)).size).toBe(60);
  });

  it("the other services of an account whose service alone was missing, ahead of what is known not to be", () => {
    const ledger = [
      missed("c0", "s0", minutesAfter(1), "service"),
      ...ids("c", 9)
        .slice(1)
        .map((id) => missed(id, "s1", minutesAfter(1), "account")),
    ];
    const found = probes({ customers: ids("c", 9), services: ids("s", 3), ledger });

    expect(found.slice(0, 2).toSorted()).toEqual(["c0/s1", "c0/s2"]);
  });

  it("nothing of a partner that maps no more, unless somebody waits: then what a 404 has ended", () => {
    const ledger = [missed("c0", "s0", minutesAfter(1)), aLedgerEntry({ customerId: "c1", serviceId: "s0" })];
    const asked = { customers: ["c0", "c1"], services: ["s0"], ledger, sweepLooks: undefined };

    expect(probes(asked)).toEqual([]);
    expect(probes({ ...asked, isAwaited: true })).toEqual(["c0/s0"]);
  });
});
