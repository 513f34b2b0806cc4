import { describe, expect, it } from "vitest";
import { type Chosen, chooseLines } from "#functions/export-usage/plan/choose-lines";
import type { PlanSources } from "#functions/export-usage/plan/plan-sources";
import { heldLine } from "#shared/exports/lines-in-scope";
import type { UsageExport } from "#shared/exports/usage-export";
import { type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { anIntegration } from "#test/builders/integration";
import { aService } from "#test/builders/service";
import { minutesAfter, noon } from "#test/builders/time";
import { aLedgerEntry, anExport } from "#test/builders/usage-export";

const dayMinutes = 24 * 60;
const held = (serviceId: string, more: Partial<LedgerEntry> = {}) =>
  aLedgerEntry({ customerId: "a", serviceId, accepted: { unitCount: 5, at: noon, gen: 2 }, ...more });

/** Customer `a` has a count of 5 of each of these services; the ledger says of each what it says. */
const sourcesOf = (entries: Record<string, LedgerEntry | undefined>, more: Partial<PlanSources> = {}): PlanSources => {
  const known = Object.values(entries).filter((entry) => entry !== undefined);
  const services = Object.keys(entries).map((id) => [id, aService({ id })] as const);
  return {
    customers: [{ id: "a", name: "Customer a", billing: "billed", removedAt: null }],
    counted: new Map([["a", new Map(Object.keys(entries).map((id) => [id, { unitCount: 5, measuredAt: noon }]))]]),
    rows: new Map(),
    entries: new Map(known.map((entry) => [lineKey(entry), entry])),
    held: known.map(heldLine),
    services: new Map(services),
    serviceNames: new Map(services.map(([id, { name }]) => [id, name])),
    unreadable: [],
    leftOutServiceIds: new Set(),
    ...more,
  };
};
const choose = (sources: PlanSources, run: Partial<UsageExport> = {}, now = noon): Chosen =>
  chooseLines({
    run: anExport(run),
    integration: anIntegration({ proofGen: 2 }),
    sources,
    now: Date.parse(now),
    isRetried: undefined,
  });
const ids = (lines: { customerId: string; serviceId: string }[]): string[] =>
  lines.map(({ customerId, serviceId }) => `${customerId}/${serviceId}`);

const everyCase = {
  held: held("held"),
  "held-below-the-floor": held("held-below-the-floor", { accepted: { unitCount: 5, at: noon, gen: 1 } }),
  "held-another-number": held("held-another-number", { accepted: { unitCount: 4, at: noon, gen: 2 } }),
  "in-doubt": held("in-doubt", { doubt: { unitCount: 5, until: minutesAfter(-99) } }),
  never: undefined,
  owed: held("owed", { owed: "throttled" }),
  "owed-in-doubt": held("owed-in-doubt", { owed: "no-answer", doubt: { unitCount: 6, until: minutesAfter(1) } }),
  rejected: held("rejected", { last: { outcome: "rejected", at: noon } }),
  unmapped: held("unmapped", { last: { outcome: "unmapped", at: noon } }),
};
const changed = Object.keys(everyCase)
  .filter((id) => id !== "held")
  .sort();

describe("a run of all lines", () => {
  it("has all, and sends what Gradient does not surely hold", () => {
    const chosen = choose(sourcesOf(everyCase));

    expect(ids(chosen.toSend)).toEqual(changed.map((id) => `a/${id}`));
    expect(ids(chosen.unchanged)).toEqual(["a/held"]);
    expect(chosen).toMatchObject({ awaitedServiceIds: [], reason: null });
  });

  it("leaves what it does not send with a receipt", () => {
    expect(choose(sourcesOf({ held: held("held") })).unchanged).toEqual([
      {
        customerId: "a",
        customerName: "Customer a",
        serviceId: "held",
        serviceName: "DNS Security Essentials",
        unitCount: 5,
        previousUnitCount: 5,
        asOf: noon,
        outcome: "unchanged",
        reason: "Gradient accepted this number before.",
        whatToDo: null,
        sentAt: null,
      },
    ]);
  });

  it("sends everything where a person asks for that", () => {
    expect(choose(sourcesOf(everyCase), { mode: "full" })).toMatchObject({ unchanged: [], repeatsDue: 0 });
  });

  it("counts which unchanged ones it is time to repeat, and leaves them", () => {
    const later = minutesAfter(8 * dayMinutes);
    const fresh = { accepted: { unitCount: 5, at: later, gen: 2 } };
    const chosen = choose(sourcesOf({ old: held("old"), fresh: held("fresh", fresh) }), {}, later);

    expect(ids(chosen.unchanged)).toEqual(["a/fresh", "a/old"]);
    expect(chosen).toMatchObject({ repeatsDue: 1, toSend: [] });
  });

  it("brings to zero what is not billed any more, once", () => {
    const gone = [{ id: "a", name: "Customer a", billing: "billed" as const, removedAt: noon }];
    const zero = held("zero", { accepted: { unitCount: 0, at: noon, gen: 2 } });
    const chosen = choose(sourcesOf({ units: held("units"), zero, never: undefined }, { customers: gone }));

    expect(chosen.toSend).toMatchObject([{ serviceId: "units", billed: false }]);
    expect(chosen.unchanged).toEqual([]);
  });

  it("names the services that it waits for, each once, and none of a line that it does not send", () => {
    const sources = sourcesOf({ held: held("held"), new: undefined, known: undefined });
    sources.services.set("new", aService({ id: "new", gradientServiceId: null }));
    sources.services.set("held", aService({ id: "held", gradientServiceId: null }));
    sources.services.delete("known");

    expect(choose(sources).awaitedServiceIds.sort()).toEqual(["known", "new"]);
  });
});

describe("a run for what was left over", () => {
  it("has the lines that are owed, and no other", () => {
    const chosen = choose(sourcesOf(everyCase), { kind: "retry" });

    expect(ids(chosen.toSend)).toEqual(["a/owed", "a/owed-in-doubt"]);
    expect(chosen).toMatchObject({ unchanged: [], repeatsDue: 0 });
  });

  it("has none of a customer that is billed no more and of which Gradient holds nothing", () => {
    const trial = [{ id: "a", name: "Customer a", billing: "trial" as const, removedAt: null }];
    const nothing = held("nothing", { owed: "throttled", accepted: null });

    expect(choose(sourcesOf({ nothing }, { customers: trial }), { kind: "retry" }).toSend).toEqual([]);
  });
});

describe("a run of repeats", () => {
  it("has the unchanged lines whose turn has come, and sends those", () => {
    const later = minutesAfter(8 * dayMinutes);
    const fresh = held("fresh", { accepted: { unitCount: 5, at: later, gen: 2 } });
    const chosen = choose(sourcesOf({ ...everyCase, fresh }), { kind: "repeat" }, later);

    expect(ids(chosen.toSend)).toEqual(["a/held"]);
    expect(chosen.unchanged).toEqual([]);
  });
});

describe("a run that is narrowed", () => {
  const sources = () => {
    const both = sourcesOf({ dns: undefined, sig: undefined });
    const customers = ["a", "b"].map((id) => ({ id, name: id, billing: "billed" as const, removedAt: null }));
    const counts = both.counted.get("a") ?? new Map();
    return { ...both, customers, counted: new Map(["a", "b"].map((id) => [id, counts])) };
  };

  it.each<[string, Partial<UsageExport>, string[]]>([
    ["to customers", { customerIds: ["b"] }, ["b/dns", "b/sig"]],
    ["to services", { serviceIds: ["sig"] }, ["a/sig", "b/sig"]],
    ["to both", { customerIds: ["a"], serviceIds: ["dns"] }, ["a/dns"]],
    ["to what a look tries", { kind: "look", probes: [{ customerId: "b", serviceId: "dns" }] }, ["b/dns"]],
    ["to customers whom nobody knows", { customerIds: ["x"] }, []],
  ])("%s has those lines and no other", (_, run, expected) => {
    expect(ids(choose(sources(), { kind: "narrowed", ...run }).toSend)).toEqual(expected);
  });

  it("to what an earlier run did not bring to Gradient has those", () => {
    const run = anExport({ kind: "narrowed" });
    const integration = anIntegration({ proofGen: 2 });
    const isRetried = ({ serviceId }: { serviceId: string }) => serviceId === "sig";
    const chosen = chooseLines({ run, integration, sources: sources(), now: Date.parse(noon), isRetried });

    expect(ids(chosen.toSend)).toEqual(["a/sig", "b/sig"]);
  });

  it("to a look's lines sends them though Gradient holds them", () => {
    const probes = [{ customerId: "a", serviceId: "held" }];

    expect(ids(choose(sourcesOf(everyCase), { kind: "look", probes }).toSend)).toEqual(["a/held"]);
  });
});

describe("why there is nothing to send", () => {
  const trial = { customers: [{ id: "a", name: "Customer a", billing: "trial" as const, removedAt: null }] };
  const leftOut = {
    customers: [{ id: "a", name: "Customer a", billing: "billed" as const, removedAt: null, leftOut: true as const }],
  };

  it.each<[string, PlanSources, Partial<UsageExport>, Chosen["reason"]]>([
    ["something is to be sent", sourcesOf({ never: undefined }), {}, null],
    ["everything is held", sourcesOf({ held: held("held") }), {}, "nothing-changed"],
    ["a trial", sourcesOf({ dns: undefined }, trial), { customerIds: ["a"] }, "not-billed"],
    ["nobody is billed", sourcesOf({ dns: undefined }, trial), {}, "not-billed"],
    ["an unknown customer", sourcesOf({ dns: undefined }), { customerIds: ["x"] }, "unknown-customer"],
    ["a customer that is left out", sourcesOf({ dns: undefined }, leftOut), { customerIds: ["a"] }, "left-out"],
    ["a trial and an unknown customer", sourcesOf({}, trial), { customerIds: ["a", "x"] }, "not-billed"],
    ["a billed customer without a count", sourcesOf({}), { customerIds: ["a"] }, "nothing-changed"],
    ["no customer at all", sourcesOf({}, { customers: [] }), {}, "nothing-changed"],
    ["nothing is owed any more", sourcesOf({ held: held("held") }), { kind: "retry" }, "nothing-changed"],
  ])("%s", (_, sources, run, reason) => {
    expect(choose(sources, run).reason).toBe(reason);
  });
});
