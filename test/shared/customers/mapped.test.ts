import { describe, expect, it } from "vitest";
import { mappingEvidence } from "#shared/customers/mapped";
import type { LedgerEntry } from "#shared/usage/ledger";
import { minutesAfter, noon } from "#test/builders/time";
import { aLedgerEntry } from "#test/builders/usage-export";

const customerId = "cust-1";
const serviceId = "svc-dns";
const accepted = aLedgerEntry();
const missed = (missing?: "account" | "service", at = minutesAfter(1)) =>
  aLedgerEntry({ last: { outcome: "unmapped", at, ...(missing ? { missing } : {}) } });
const lostSince = aLedgerEntry({ last: { outcome: "deferred", at: minutesAfter(1) } });
const neverAnswered = aLedgerEntry({ accepted: null, last: { outcome: "deferred", at: noon } });
const ofUnmappedService = aLedgerEntry({
  serviceId: "svc-edr",
  accepted: null,
  last: { outcome: "unmapped", at: noon },
});
const ofOther = (missing: "account" | "service") =>
  aLedgerEntry({ accepted: null, last: { outcome: "unmapped", at: noon, missing } });
const acceptedLater = aLedgerEntry({
  serviceId: "svc-edr",
  accepted: { unitCount: 1, at: minutesAfter(2), gen: 0 },
  last: { outcome: "accepted", at: minutesAfter(2) },
});
const othersLater = { ...acceptedLater, customerId: "cust-2", serviceId };

const before = minutesAfter(-5);
const after = minutesAfter(5);

const isMapped = (ledger: LedgerEntry[], told: boolean | null, toldAt: string | null, proofGen = 0) =>
  mappingEvidence({ ledger, proofGen, toldAt, seenServiceIds: [] }).isAccountMapped(customerId, told);
const isServiceMapped = (ledger: LedgerEntry[], proofGen = 0) =>
  mappingEvidence({ ledger, proofGen, toldAt: null, seenServiceIds: [] }).isServiceMapped(serviceId);

describe("a customer is mapped", () => {
  it.each<[string, LedgerEntry[], boolean | null, string | null]>([
    ["Gradient says so", [], true, after],
    ["Gradient says so again after a 404", [missed("account")], true, after],
    ["Gradient does not tell, and accepted a count", [accepted], null, after],
    ["Gradient does not tell, accepted a count, and gave no answer since", [lostSince], null, after],
    ["Gradient does not tell, and accepted a count of one of its services", [ofUnmappedService, accepted], null, after],
    ["Gradient accepted a count after it had said the contrary", [accepted], false, before],
    ["Gradient accepted a count, and its word is of an earlier token", [accepted], false, null],
    ["Gradient accepted a count, and the service alone was missing since", [missed("service")], null, after],
    ["Gradient accepted another count after a 404 that named it", [missed("account"), acceptedLater], null, after],
  ])("where %s", (_, ledger, told, toldAt) => {
    expect(isMapped(ledger, told, toldAt)).toBe(true);
  });
});

describe("a customer is not mapped", () => {
  it.each<[string, LedgerEntry[], boolean | null, string | null]>([
    ["Gradient tells nothing, and nothing was accepted", [neverAnswered], null, before],
    ["Gradient tells nothing, and has answered since that it is not", [missed()], null, before],
    ["Gradient says so, and accepted nothing", [], false, before],
    ["Gradient has said so since it accepted a count: the mapping was taken away", [accepted], false, after],
    ["another customer's count was accepted", [aLedgerEntry({ customerId: "cust-2" })], null, before],
    ["a 404 names it after the list that called it mapped", [missed("account")], true, noon],
    ["Gradient called it mapped under an earlier token", [], true, null],
  ])("where %s", (_, ledger, told, toldAt) => {
    expect(isMapped(ledger, told, toldAt)).toBe(false);
  });

  it("by what was accepted on an account that is gone", () => {
    expect(isMapped([accepted], null, after, 1)).toBe(false);
    expect(isServiceMapped([accepted], 1)).toBe(false);
  });
});

describe("nobody knows yet whether it is mapped", () => {
  const knownOf = (
    ledger: LedgerEntry[],
    told: boolean | null,
    toldAt: string | null,
    proofGen = 0,
    seenServiceIds: string[] = [],
  ) => {
    const { knownOfAccount, knownOfService } = mappingEvidence({ ledger, proofGen, toldAt, seenServiceIds });
    return [knownOfAccount(customerId, told), knownOfService(serviceId)];
  };

  it.each<
    [string, [LedgerEntry[], boolean | null, string | null, number?, string[]?], [boolean | null, boolean | null]]
  >([
    ["where Gradient was never looked at", [[], null, null], [null, null]],
    ["where its word is of an earlier token", [[], true, null], [null, null]],
    ["of the service, where Gradient tells of accounts and no count was tried", [[], true, after], [true, null]],
    ["of the service, where that account is not mapped either", [[], false, after], [false, null]],
    ["where a count came to nothing", [[neverAnswered], null, after], [null, null]],
    ["where what was accepted is of an account that is gone", [[accepted], null, after, 1], [null, null]],
    ["where what was accepted since a 404 is", [[missed("service"), othersLater], null, after, 1], [null, null]],
    ["where what was accepted since Gradient's word is", [[accepted], false, before, 1], [null, null]],
    [
      "where what was accepted since a 404 after that is",
      [[missed("account"), acceptedLater], true, noon, 1],
      [null, null],
    ],
    ["of the half that a 404 has not named", [[ofOther("account")], null, after], [false, null]],
    ["of the half that a 404 has not named", [[ofOther("service")], null, after], [null, false]],
    ["of a service that was seen mapped before a disconnect", [[accepted], null, null, 1, [serviceId]], [null, null]],
    ["but of a service that was seen mapped", [[accepted], null, after, 1, [serviceId]], [null, true]],
    ["but where a 404 has named it since", [[missed("service")], null, after, 1, [serviceId]], [null, false]],
    ["but where a count was accepted", [[accepted], null, null], [true, true]],
    ["but where a 404 has named one of the two", [[missed("service")], null, after], [true, false]],
    ["but where a 404 has named none", [[missed()], null, after], [false, false]],
  ])("%s", (_, sources, known) => {
    expect(knownOf(...sources)).toEqual(known);
  });
});

describe("a service", () => {
  it("is mapped by an accepted count, and by none that a 404 of the same line has followed", () => {
    expect(isServiceMapped([accepted])).toBe(true);
    expect(isServiceMapped([missed()])).toBe(false);
    expect(isServiceMapped([missed("service")])).toBe(false);
    expect(isServiceMapped([neverAnswered])).toBe(false);
  });

  it("stays mapped where the account alone was missing since", () => {
    expect(isServiceMapped([missed("account")])).toBe(true);
  });

  it("is mapped again by another customer's count after the 404", () => {
    expect(isServiceMapped([missed("service"), othersLater])).toBe(true);
  });
});
