import { describe, expect, it } from "vitest";
import { mappedCustomers } from "#shared/customers/mapped";
import type { LedgerEntry } from "#shared/usage/ledger";
import { minutesAfter, noon } from "#test/builders/time";
import { aLedgerEntry } from "#test/builders/usage-export";

const customerId = "cust-1";
const accepted = aLedgerEntry();
const unmappedSince = aLedgerEntry({ last: { outcome: "unmapped", at: minutesAfter(1) } });
const lostSince = aLedgerEntry({ last: { outcome: "deferred", at: minutesAfter(1) } });
const neverAnswered = aLedgerEntry({ accepted: null, last: { outcome: "deferred", at: noon } });
const ofUnmappedService = aLedgerEntry({
  serviceId: "svc-edr",
  accepted: null,
  last: { outcome: "unmapped", at: noon },
});

const before = minutesAfter(-5);
const after = minutesAfter(5);

const isMapped = (ledger: LedgerEntry[], told: boolean | null, toldAt: string | null) =>
  mappedCustomers(ledger, toldAt).isMapped(customerId, told);

describe("a customer is mapped", () => {
  it.each([
    ["Gradient says so", [], true, after],
    ["Gradient says so again after a 404", [unmappedSince], true, after],
    ["Gradient does not tell, and accepted a count", [accepted], null, after],
    ["Gradient does not tell, accepted a count, and gave no answer since", [lostSince], null, after],
    ["Gradient does not tell, and accepted a count of one of its services", [ofUnmappedService, accepted], null, after],
    ["Gradient accepted a count after it had said the contrary", [accepted], false, before],
    ["Gradient accepted a count, and was not asked on this connection yet", [accepted], false, null],
  ])("where %s", (_, ledger, told, toldAt) => {
    expect(isMapped(ledger, told, toldAt)).toBe(true);
  });
});

describe("a customer is not mapped", () => {
  it.each([
    ["Gradient tells nothing, and nothing was accepted", [neverAnswered], null, before],
    ["Gradient tells nothing, and has answered since that it is not", [unmappedSince], null, before],
    ["Gradient says so, and accepted nothing", [], false, before],
    ["Gradient has said so since it accepted a count: the mapping was taken away", [accepted], false, after],
    ["another customer's count was accepted", [aLedgerEntry({ customerId: "cust-2" })], null, before],
  ])("where %s", (_, ledger, told, toldAt) => {
    expect(isMapped(ledger, told, toldAt)).toBe(false);
  });
});

it("is proven by counts alone", () => {
  const { isProven } = mappedCustomers([accepted], after);

  expect([isProven(customerId), isProven("cust-2")]).toEqual([true, false]);
  expect(mappedCustomers([unmappedSince], null).isProven(customerId)).toBe(false);
});
