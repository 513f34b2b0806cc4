import { describe, expect, it } from "vitest";
import { inSendingOrder } from "#functions/export-usage/plan/in-sending-order";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { minutesAfter } from "#test/builders/time";
import { aLedgerEntry, aLine } from "#test/builders/usage-export";

/** `customer/service`, each. */
const lineOf = (name: string) => {
  const [customerId = "", serviceId = ""] = name.split("/");
  return aLine({ customerId, serviceId });
};

/** What the ledger says of a line: `called` and `refused` in minutes. */
interface Known {
  owed?: LedgerEntry["owed"];
  called?: number;
  refused?: number;
  /** Since when. */
  troubled?: number;
  accepted?: number;
  outcome?: "accepted" | "unmapped" | "rejected";
}
const entryOf = (
  name: string,
  { owed = null, called = 0, refused, troubled, accepted, outcome }: Known,
): LedgerEntry => {
  const { customerId, serviceId } = lineOf(name);
  const refusal = refused === undefined ? {} : { refusedAt: minutesAfter(refused) };
  const since = troubled === undefined ? {} : { troubledAt: minutesAfter(troubled) };
  return aLedgerEntry({
    customerId,
    serviceId,
    owed,
    accepted: accepted === undefined ? null : { unitCount: 17, at: minutesAfter(accepted), gen: 0 },
    last: { outcome: outcome ?? "deferred", at: minutesAfter(called), ...refusal, ...since },
  });
};
const orderOf = (names: string[], known: Record<string, Known>) => {
  const entries = Object.entries(known).map(([name, its]) => entryOf(name, its));
  const { groups, suspectsFrom } = inSendingOrder(
    names.map(lineOf),
    new Map(entries.map((entry) => [lineKey(entry), entry])),
  );
  return {
    groups: groups.map((group) => group.map(({ customerId, serviceId }) => `${customerId}/${serviceId}`)),
    suspectsFrom,
  };
};
const refused = { refused: 10 };
const throttled = { owed: "throttled", called: 10 } as const;
const untried = { owed: "untried" } as const;

describe("the order in which lines are sent", () => {
  it("is the one that they have, where Gradient has stopped no run", () => {
    expect(orderOf(["b/x", "a/x"], { "a/x": { owed: "no-answer" }, "b/x": { owed: "stopped" } })).toEqual({
      groups: [["b/x", "a/x"]],
      suspectsFrom: null,
    });
  });

  it("has one that was refused last", () => {
    expect(orderOf(["a/x", "a/y", "b/x"], { "a/x": refused })).toEqual({
      groups: [["a/y", "b/x"], ["a/x"]],
      suspectsFrom: 1,
    });
  });

  it.each([
    ["service", ["a/x", "b/x"], ["a/y", "b/y"], "d/x"],
    ["customer", ["b/x", "b/y"], ["a/x", "a/y", "d/x"], "b/z"],
  ])("has a %s of which several were refused after all others", (_, marked, others, beside) => {
    const { groups } = orderOf(
      [...marked, ...others, beside],
      Object.fromEntries(marked.map((name) => [name, refused])),
    );

    expect(groups).toEqual([others, [beside], marked]);
  });

  it("has none but those that are suspects, where there is nothing else", () => {
    expect(orderOf(["a/x"], { "a/x": throttled })).toEqual({ groups: [["a/x"]], suspectsFrom: 0 });
  });

  it("has what a run has given up after all others: first the service that was not called for the longest time", () => {
    const known = {
      "a/x": throttled,
      "b/x": untried,
      "c/y": untried,
      "d/z": { owed: "throttled", called: 5 },
    } as const;

    expect(orderOf(["a/x", "a/y", "b/x", "c/y", "d/z", "e/z"], known).groups).toEqual([
      ["a/y", "e/z"],
      ["c/y"],
      ["d/z"],
      ["b/x"],
      ["a/x"],
    ]);
  });

  it.each<[string, Known, Known]>([
    ["refused", { refused: 60 }, { owed: "throttled", called: 30 }],
    ["throttled", { owed: "throttled", called: 60 }, { refused: 30 }],
  ])("has a service that was %s a moment ago after the other one, whatever ended a run there", (_, x, y) => {
    expect(orderOf(["a/x", "b/y"], { "a/x": x, "b/y": y }).groups).toEqual([["b/y"], ["a/x"]]);
  });

  it("has first, of each service, what has met no trouble, then that whose trouble is the oldest", () => {
    const known = { "a/x": { refused: 30 }, "b/x": { refused: 20 }, "c/x": { called: 40 } };

    expect(orderOf(["a/x", "b/x", "c/x", "d/x"], known).groups).toEqual([
      ["c/x", "d/x"],
      ["b/x", "a/x"],
    ]);
  });

  it.each([
    ["before all trouble where most of its last calls were taken", 1, [["e/x"], ["d/y"], ["a/x", "b/x"]]],
    ["right before those where most were refused", 30, [["d/y"], ["e/x"], ["a/x", "b/x"]]],
  ])("has the others of a service %s", (_, called, last) => {
    const taken = Array.from({ length: 20 }, (__, index) => [`t${index}/x`, { called: -called, outcome: "accepted" }]);
    const refusedThen = Array.from({ length: 18 }, (__, index) => [`r${index}/x`, { refused: -2 }]);
    const known = { "a/x": { refused: -2 }, "b/x": { refused: -2 }, "d/y": { refused: -9 } };

    const order = orderOf(["a/x", "b/x", "d/y", "e/x", "f/z"], {
      ...Object.fromEntries([...taken, ...refusedThen]),
      ...known,
    });

    expect(order).toEqual({ groups: [["f/z"], ...last], suspectsFrom: 1 });
  });

  it("takes no service for refused whose bad lines were called again after its others were taken", () => {
    const names = Array.from({ length: 8 }, (_, index) => `b${index}/x`);
    const bad = Object.fromEntries(names.map((name) => [name, { refused: -1, troubled: -90 }]));
    const taken = Object.fromEntries(
      Array.from({ length: 4 }, (_, index) => [`t${index}/x`, { called: -9, outcome: "accepted" as const }]),
    );
    const later = { "c/v": { refused: -20 }, "d/v": { refused: -20 } };

    const { groups } = orderOf([...names, "c/v", "d/v", "e/x"], { ...bad, ...taken, ...later });
    expect(groups).toEqual([["e/x"], ["c/v", "d/v"], names]);
  });

  it.each([
    ["before all trouble what was taken since, of a service that is refused for the most part", -5, "s", "e/x"],
    ["at its turn what was taken before the last one of a service was refused", -80, "s", "c/y"],
    ["at its turn what was taken before the last one of its customer was refused", -5, "e", "c/y"],
  ])("has %s", (_, accepted, of, first) => {
    const names = Array.from({ length: 8 }, (__, index) => (of === "s" ? `b${index}/x` : `e/b${index}`));
    const last = of === "s" ? -60 : -3;
    const bad = Object.fromEntries(names.map((name) => [name, { refused: -1, troubled: last }]));
    const later = { "c/y": { refused: -20 }, "d/y": { refused: -20 } };

    const { groups } = orderOf([...names, "c/y", "d/y", "e/x"], { ...bad, ...later, "e/x": { called: -5, accepted } });
    expect(groups.flat().at(0)).toBe(first);
  });

  it("has a service after another one for the sake of the one of its lines that was called last", () => {
    const known = { "a/x": { refused: 1 }, "b/x": { refused: 30 }, "c/y": { refused: 20 } };

    expect(orderOf(["a/x", "b/x", "c/y"], known).groups).toEqual([["c/y"], ["a/x", "b/x"]]);
  });

  it("has the lines of a customer together, where it has met more trouble than each of its services", () => {
    const known = { "a/x": { refused: 30 }, "a/y": throttled, "b/x": untried, "c/y": untried } as const;

    expect(orderOf(["a/x", "a/y", "b/x", "c/y"], known).groups).toEqual([
      ["b/x", "c/y"],
      ["a/y", "a/x"],
    ]);
  });

  it("has a customer that is refused in everything behind the others of a service that is taken", () => {
    const names = ["x", "y", "z"].flatMap((service) => ["c", "d", "g"].map((customer) => `${customer}/${service}`));
    const bad = Object.fromEntries([...names, "b/x", "b/y"].map((name) => [name, { refused: -2 }]));
    const taken = Object.fromEntries(
      ["x", "y", "z"].flatMap((service) =>
        Array.from({ length: 8 }, (_, index) => [`t${index}/${service}`, { called: -1, outcome: "accepted" as const }]),
      ),
    );

    const { groups } = orderOf([...names, "b/x", "b/y", "b/z", "e/z"], { ...taken, ...bad });
    expect(groups.slice(0, 1)).toEqual([["e/z"]]);
    expect(groups.flat()).toContain("b/z");
  });

  describe.each(["unmapped", "rejected"] as const)("where many lines of a customer are %s each time", (outcome) => {
    const beside = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`e/u${index}`, { called: -1, outcome }] as const),
    );

    it("does not take it for refused", () => {
      const names = ["a/x", "b/x", "c/y", "d/y", "e/x"];
      const bad = { "a/x": { refused: -9 }, "b/x": { refused: -9 }, "c/y": { refused: -20 }, "d/y": { refused: -20 } };
      const taken = { "e/x": { called: -9, outcome: "accepted" }, "f/x": { called: -9, outcome: "accepted" } } as const;

      const { groups } = orderOf(names, { ...beside, ...bad, ...taken });
      expect(groups).toEqual([["e/x"], ["c/y", "d/y"], ["a/x", "b/x"]]);
    });

    it("does not take it for taken", () => {
      const names = ["c/y", "d/y", "e/r", "e/s", "e/x"];
      const bad = { "c/y": { refused: -20 }, "d/y": { refused: -20 }, "e/r": { refused: -9 }, "e/s": { refused: -9 } };

      const { groups } = orderOf(names, { ...beside, ...bad });
      expect(groups).toEqual([["c/y", "d/y"], ["e/x"], ["e/r", "e/s"]]);
    });
  });

  describe("where some of a service, or of a customer, are refused for another cause", () => {
    const later = { "c/v": { refused: -20 }, "d/v": { refused: -20 } };
    const many = <T>(make: (index: number) => T): T[] => Array.from({ length: 6 }, (_, index) => make(index));

    it("does not take a service for refused that bad customers have", () => {
      const names = many((index) => [`b${index}/x`, `b${index}/y`, `b${index}/z`]).flat();
      const bad = Object.fromEntries(names.map((name) => [name, { refused: -2 }]));
      const taken = Object.fromEntries(
        ["e/x", "f/x"].map((name) => [name, { outcome: "accepted", called: -9 }] as const),
      );

      const { groups } = orderOf([...names, "c/v", "d/v", "e/x"], { ...bad, ...later, ...taken });
      expect(groups.slice(0, 2)).toEqual([["e/x"], ["c/v", "d/v"]]);
    });

    it("does not take a customer for refused that has bad services", () => {
      const names = many((index) => [`b${index}/x`, `b${index}/y`]).flat();
      const others = many((index) => `b${index}/z`);
      const bad = Object.fromEntries(names.map((name) => [name, { refused: -2 }]));
      const taken = Object.fromEntries(others.map((name) => [name, { outcome: "accepted", called: -9 }] as const));

      const { groups } = orderOf([...names, ...others, "n/x"], { ...bad, ...taken });
      expect(groups.slice(0, 2)).toEqual([others, ["n/x"]]);
    });

    it("takes a service for refused whose customers have no other", () => {
      const names = many((index) => `b${index}/x`);
      const bad = Object.fromEntries(names.map((name) => [name, { refused: -2 }]));
      const taken = Object.fromEntries(
        ["e/x", "f/x"].map((name) => [name, { outcome: "accepted", called: -9 }] as const),
      );

      const { groups } = orderOf([...names, "c/v", "d/v", "e/x"], { ...bad, ...later, ...taken });
      expect(groups.slice(0, 2)).toEqual([["c/v", "d/v"], ["e/x"]]);
    });
  });

  it("has few groups, however many services are in trouble", () => {
    const names = Array.from({ length: 40 }, (_, index) => `c${index}/s${index}`);
    const known = Object.fromEntries(names.map((name, index) => [name, { refused: index }]));

    expect(orderOf(names, known).groups).toEqual([["c0/s0"], ["c1/s1"], ["c2/s2"], names.slice(3)]);
  });
});
