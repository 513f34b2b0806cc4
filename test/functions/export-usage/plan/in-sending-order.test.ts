import { describe, expect, it } from "vitest";
import { inSendingOrder } from "#functions/export-usage/plan/in-sending-order";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { noon } from "#test/builders/time";
import { aLedgerEntry, aLine } from "#test/builders/usage-export";

type Trouble = LedgerEntry["last"]["trouble"];

/** `customer/service`, each. */
const lineOf = (name: string) => {
  const [customerId = "", serviceId = ""] = name.split("/");
  return aLine({ customerId, serviceId });
};
const orderOf = (names: string[], troubles: Record<string, Trouble>): string[][] => {
  const entries = Object.entries(troubles).map(([name, trouble]) => {
    const { customerId, serviceId } = lineOf(name);
    return aLedgerEntry({ customerId, serviceId, last: { outcome: "deferred", at: noon, trouble } });
  });
  const groups = inSendingOrder(names.map(lineOf), new Map(entries.map((entry) => [lineKey(entry), entry])));
  return groups.map((group) => group.map(({ customerId, serviceId }) => `${customerId}/${serviceId}`));
};

describe("the order in which lines are sent", () => {
  it("is the one that they have, where Gradient has refused or failed at none", () => {
    expect(orderOf(["b/x", "a/x"], { "a/x": undefined })).toEqual([["b/x", "a/x"]]);
  });

  it("has refused ones last, those that failed before them, and what they have to do with before those", () => {
    const order = orderOf(["a/x", "b/y", "c/z", "a/w", "d/x"], { "a/x": "refused", "b/y": "failed" });

    expect(order).toEqual([["c/z"], ["a/w", "d/x"], ["b/y"], ["a/x"]]);
  });

  it("has the service that is refused again and again after the other services of its customers", () => {
    const refused = { "a/x": "refused", "b/x": "refused", "c/x": "refused" } as const;

    expect(orderOf(["a/y", "d/x", "b/y", "a/x"], refused)).toEqual([["a/y", "b/y"], ["d/x"], ["a/x"]]);
  });

  it("has the customer that is refused again and again after other customers of its services", () => {
    const refused = { "a/x": "refused", "a/y": "refused", "a/z": "refused" } as const;

    expect(orderOf(["a/w", "b/x", "b/y"], refused)).toEqual([["b/x", "b/y"], ["a/w"]]);
  });

  it("has few groups, however many lines Gradient has failed at", () => {
    const names = Array.from({ length: 400 }, (_, index) => `c${index}/s${Math.floor(Math.sqrt(index))}`);

    expect(orderOf(names, Object.fromEntries(names.map((name) => [name, "failed"]))).length).toBeLessThan(8);
  });

  it("takes a trouble of a later version for one that fails", () => {
    const entry = { ...lineOf("a/x"), accepted: null, doubt: null, owed: null };
    const later: LedgerEntry = { ...entry, last: { outcome: "deferred", at: noon, trouble: "later" as "failed" } };

    const groups = inSendingOrder([lineOf("a/x"), lineOf("b/y")], new Map([[lineKey(entry), later]]));

    expect(groups.flat().map(({ customerId }) => customerId)).toEqual(["b", "a"]);
  });
});
