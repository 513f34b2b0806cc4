import { describe, expect, it } from "vitest";
import { type Growth, growthOf } from "#functions/sync-accounts/growth";
import { mappingEvidence } from "#shared/customers/mapped";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { aCustomer } from "#test/builders/customer";
import { minutesAfter, noon } from "#test/builders/time";
import { aCount, aCustomerUsage } from "#test/builders/usage";
import { aLedgerEntry } from "#test/builders/usage-export";

// the list before came at noon, this one ten minutes later
const listedAt = minutesAfter(10);
const accepted = aLedgerEntry({ accepted: { unitCount: 17, at: minutesAfter(-5), gen: 0 } });
const missed = (at: string, missing?: "account" | "service", entry: Partial<LedgerEntry> = {}) =>
  aLedgerEntry({
    accepted: null,
    ...entry,
    last: { outcome: "unmapped", at, ...(missing ? { missing } : {}) },
  });
const byAnother = (at: string) =>
  aLedgerEntry({
    customerId: "cust-2",
    accepted: { unitCount: 1, at, gen: 0 },
    last: { outcome: "accepted", at },
  });

const growth = (ledger: LedgerEntry[], told: boolean | null, toldBefore: boolean | null, proofGen = 0): string[] => {
  const found = growthOf({
    billed: [aCustomer({ isMapped: toldBefore })],
    told: () => told,
    listedAt,
    toldBeforeAt: noon,
    usage: new Map([["cust-1", aCustomerUsage({ counts: { "svc-dns": aCount() } })]]),
    entries: new Map(ledger.map((entry) => [lineKey(entry), entry])),
    evidence: mappingEvidence({ ledger, proofGen, toldAt: listedAt, seenServiceIds: [] }),
    proofGen,
  });
  return (Object.keys(found) as (keyof Growth)[]).filter((kind) => found[kind]);
};

describe("a mapping has grown", () => {
  it.each<[string, LedgerEntry[], boolean | null, boolean | null]>([
    ["an account is mapped that was not, and was answered with a 404", [missed(noon, "account")], true, false],
    ["an account is mapped that was never told of, and never tried", [], true, null],
    [
      "its service was accepted since the 404 that named it",
      [missed(noon, "service"), byAnother(minutesAfter(1))],
      true,
      true,
    ],
    ["the same, where Gradient does not tell", [missed(noon, "service"), byAnother(minutesAfter(1))], null, null],
    ["what was accepted of it is below the floor of proof", [accepted], true, null],
  ])("where %s", (_, ledger, told, toldBefore) => {
    expect(growth(ledger, told, toldBefore, ledger[0] === accepted ? 1 : 0)).toEqual(["hasGrown"]);
  });
});

describe("a mapping is contradicted", () => {
  it.each<[string, LedgerEntry[]]>([
    ["a 404 names an account that was and is called mapped", [missed(minutesAfter(5), "account")]],
    ["a 404 names nothing", [missed(minutesAfter(5))]],
    ["a 404 came before both lists", [missed(minutesAfter(-5), "account")]],
  ])("where %s", (_, ledger) => {
    expect(growth(ledger, true, true)).toEqual(["isContradicted"]);
  });

  it("by no list that began before the 404, as far as two clocks can tell", () => {
    expect(growth([missed(minutesAfter(11), "account")], true, true)).toEqual([]);
    expect(growth([missed(minutesAfter(9.95), "account")], true, true)).toEqual([]);
  });

  it("by no account whose service is known not to be mapped", () => {
    const ofService = { ...missed(minutesAfter(6), "service"), customerId: "cust-2" };
    expect(growth([missed(minutesAfter(5), "account"), ofService], true, true)).toEqual([]);
  });
});

describe("an account is mapped anew", () => {
  it("where Gradient had said that it was not, after its count was accepted", () => {
    expect(growth([accepted], true, false)).toEqual(["isMappedAnew"]);
  });

  it("not where the count was accepted after that", () => {
    const since = aLedgerEntry({ accepted: { unitCount: 17, at: minutesAfter(5), gen: 0 } });
    expect(growth([since], true, false)).toEqual([]);
  });
});

describe("nothing has happened", () => {
  it.each<[string, LedgerEntry[], boolean | null, boolean | null]>([
    ["everything is held and mapped as before", [accepted], true, true],
    ["the service is still missing", [missed(noon, "service")], true, true],
    ["the service was accepted before that 404", [missed(minutesAfter(5), "service"), byAnother(noon)], true, true],
    ["the account is told not to be mapped", [missed(noon, "service"), byAnother(minutesAfter(1))], false, true],
    ["Gradient does not tell of accounts", [missed(noon, "account")], null, null],
    ["a mapping was taken away", [accepted], false, true],
  ])("where %s", (_, ledger, told, toldBefore) => {
    expect(growth(ledger, told, toldBefore)).toEqual([]);
  });
});
