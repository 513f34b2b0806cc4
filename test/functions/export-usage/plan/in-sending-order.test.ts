import { describe, expect, it } from "vitest";
import { inSendingOrder } from "#functions/export-usage/plan/in-sending-order";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { noon } from "#test/builders/time";
import { aLedgerEntry, aLine } from "#test/builders/usage-export";

/** `customer/service`, each. */
const lineOf = (name: string) => {
  const [customerId = "", serviceId = ""] = name.split("/");
  return aLine({ customerId, serviceId });
};
const entriesOf = (names: string[], refused: string[], givenUp: Record<string, LedgerEntry["owed"]> = {}) => {
  const entries = names.map((name) => {
    const { customerId, serviceId } = lineOf(name);
    const last = { outcome: "deferred" as const, at: noon, ...(refused.includes(name) ? { isRefused: true } : {}) };
    return aLedgerEntry({ customerId, serviceId, last, owed: givenUp[name] ?? null });
  });
  return new Map(entries.map((entry) => [lineKey(entry), entry]));
};
const orderOf = (...[names, refused, givenUp]: Parameters<typeof entriesOf>): string[][] => {
  const { groups } = inSendingOrder(names.map(lineOf), entriesOf(names, refused, givenUp));
  return groups.map((group) => group.map(({ customerId, serviceId }) => `${customerId}/${serviceId}`));
};

describe("the order in which lines are sent", () => {
  it("is the one that they have, where Gradient has refused none", () => {
    expect(orderOf(["b/x", "a/x"], [])).toEqual([["b/x", "a/x"]]);
  });

  it("has one that was refused last", () => {
    expect(orderOf(["a/x", "a/y", "b/x"], ["a/x"])).toEqual([["a/y", "b/x"], ["a/x"]]);
  });

  it("has a service that is refused again and again after the other services of its customers", () => {
    const refused = ["a/x", "b/x"];

    expect(orderOf(["a/x", "a/y", "b/x", "b/y", "d/x"], refused)).toEqual([["a/y", "b/y"], ["d/x"], refused]);
  });

  it("has a customer that is refused again and again after other customers of its services", () => {
    const refused = ["a/x", "a/y"];

    expect(orderOf(["a/w", "a/x", "a/y", "b/x", "b/y"], refused)).toEqual([["b/x", "b/y"], ["a/w"], refused]);
  });

  it("has what was given up for too many calls behind all others and before what was refused, and what was tried last", () => {
    const names = ["a/x", "a/y", "b/x", "b/y", "d/x", "e/z"];
    const givenUp = { "a/x": "throttled", "b/x": "untried", "d/x": "throttled", "e/z": "no-answer" } as const;

    expect(orderOf(names, ["d/x"], givenUp)).toEqual([["a/y", "b/y", "e/z"], ["b/x"], ["a/x"], ["d/x"]]);
  });

  it("has what was not tried of a throttled service after what was not tried of others", () => {
    const names = ["a/x", "b/x", "d/x", "d/y", "e/x", "e/y"];
    const givenUp = {
      "a/x": "throttled",
      "b/x": "throttled",
      "d/x": "untried",
      "d/y": "untried",
      "e/x": "untried",
    } as const;

    expect(orderOf(names, [], givenUp)).toEqual([["e/y"], ["d/y"], ["d/x", "e/x"], ["a/x", "b/x"]]);
  });

  it("has what was not tried of a refused service behind what was not tried of others", () => {
    const names = ["a/x", "b/x", "c/x", "c/y"];

    expect(orderOf(names, ["a/x", "b/x"], { "c/x": "untried", "c/y": "untried" })).toEqual([
      ["c/y"],
      ["c/x"],
      ["a/x", "b/x"],
    ]);
  });

  it("has few groups, however many lines Gradient has refused", () => {
    const names = Array.from({ length: 400 }, (_, index) => `c${index}/s${Math.floor(Math.sqrt(index))}`);
    const refused = names.filter((_, index) => index % 2 === 0);

    expect(orderOf(names, refused).length).toBeLessThan(8);
  });

  it.each<{ names: string[]; refused: string[]; untried?: string; before: number | null }>([
    { names: ["a/x", "b/x"], refused: [], before: null },
    { names: ["a/x", "b/x"], refused: ["a/x"], before: 1 },
    { names: ["a/x", "b/x", "c/x", "d/y"], refused: ["a/x", "b/x"], before: 1 },
    { names: ["a/x", "b/x", "c/x"], refused: ["a/x", "b/x"], before: 0 },
    { names: ["a/x", "b/x"], refused: [], untried: "b/x", before: null },
    { names: ["a/x", "b/x", "c/x", "d/x", "e/y"], refused: ["a/x", "b/x"], untried: "c/x", before: 1 },
    { names: ["a/x", "b/x", "c/x"], refused: ["a/x"], untried: "b/x", before: 2 },
  ])("has $before groups before what Gradient may refuse, of $names with $refused", (order) => {
    const { names, refused, untried, before } = order;
    const entries = entriesOf(names, refused, untried === undefined ? {} : { [untried]: "untried" });
    expect(inSendingOrder(names.map(lineOf), entries).refusableFrom).toBe(before);
  });
});
