import { describe, expect, it } from "vitest";
import { maxUnderWay } from "#shared/exports/admission/admission";
import { newHold } from "#shared/exports/export-lease";
import { exportKey } from "#shared/exports/usage-export";
import { noSizes } from "#shared/integrations/record/sizes";
import { fleetOf, largeSizes, named, waiting } from "#test/builders/fleet";
import { rowsOf } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

describe("the places", () => {
  it("are twenty; whoever comes next waits until a run is over", async () => {
    const fleet = await fleetOf(...named(23).map((id, index) => waiting(id, 60 - index)));

    expect(await fleet.admitAll()).toEqual(named(20));
    await fleet.end("p-03");
    await fleet.end("p-07");

    expect(await fleet.admitAll()).toEqual(["p-20", "p-21"]);
    const { places } = await fleet.admission();
    expect(places).toHaveLength(maxUnderWay);
    expect(places.map(({ partnerId }) => partnerId)).not.toContain("p-03");
  });

  it("are not taken by a run whose row cannot be read, which stays listed", async () => {
    const fleet = await fleetOf(...named(22).map((id, index) => waiting(id, 60 - index)));
    await fleet.admitAll();
    const { pk, sk } = exportKey("p-00", (await fleet.runOf("p-00")).id);
    await fleet.table.put({ pk, sk, version: 2, state: "?" });
    await fleet.end("p-01");

    expect(await fleet.admitAll()).toEqual(["p-20", "p-21"]);
    expect((await fleet.admission()).places).toContainEqual(
      expect.objectContaining({ partnerId: "p-00", isAside: true }),
    );
  });

  it("are given back by a run whose row is gone", async () => {
    const fleet = await fleetOf(...named(22).map((id, index) => waiting(id, 60 - index)));
    await fleet.admitAll();
    await fleet.table.delete(exportKey("p-00", (await fleet.runOf("p-00")).id));

    expect(await fleet.admitAll()).toEqual(["p-20"]);
  });

  it("of large runs are free again when those are over, also while other places are free", async () => {
    const fleet = await fleetOf(...named(17, "large").map((id) => waiting(id, 60, "all", largeSizes)));
    expect(await fleet.admitAll()).toEqual(named(15, "large"));

    await fleet.end("large-00");

    expect(await fleet.admitAll()).toEqual(["large-15"]);
  });

  it("that are for small runs are taken by what was left over, where the same partner's large run has none", async () => {
    const large = { sizes: { ...largeSizes.sizes, leftOver: 3 }, nextRunAt: minutesAfter(-30) };
    const fleet = await fleetOf(
      ...named(15, "large").map((id) => waiting(id, 90, "all", largeSizes)),
      ...named(8, "left-over").map((id) => waiting(id, 60, "retry", large)),
    );
    const leftOver = (ids: number[]) => ids.map((id) => `left-over-${String(id).padStart(2, "0")}`);

    expect(await fleet.admitAll()).toEqual([...named(15, "large"), ...leftOver([0, 1, 2, 3, 4])]);
    expect(await fleet.runOf("left-over-00")).toMatchObject({ kind: "retry", trigger: "recovery" });
    await fleet.end("large-00");
    expect(await fleet.admitAll()).toEqual(["left-over-05"]);

    // there is a place for all its lines by now, which bring what was left over, too
    expect(await fleet.runOf("left-over-05")).toMatchObject({ kind: "all", trigger: "schedule" });
  });

  it("are large by what was to be sent on the last date, or by all lines where more than that is wanted", async () => {
    const sizes = { ...noSizes, lines: 5_000, toSend: 40, repeats: 3_000 };
    const fleet = await fleetOf(
      waiting("date", 9, "all", { sizes }),
      waiting("left-over", 8, "retry", { sizes }),
      waiting("few-left-over", 8, "retry", { sizes: { ...sizes, leftOver: 3 } }),
      waiting("large", 7, "all", largeSizes),
    );

    await fleet.admitAll();

    expect((await fleet.admission()).places).toMatchObject([
      { partnerId: "date", isLarge: false },
      { partnerId: "few-left-over", isLarge: false },
      { partnerId: "left-over", isLarge: true },
      { partnerId: "large", isLarge: true },
    ]);
  });

  it("are large by what a run has to send once it is planned", async () => {
    const fleet = await fleetOf(...named(17, "large").map((id) => waiting(id, 60, "all", largeSizes)));
    await fleet.admitAll();

    await fleet.change("large-00", { chunks: 1, toSend: 3 });

    expect(await fleet.admitAll()).toEqual(["large-15"]);
  });

  it("are never more than twenty, however many admit at the same time, and no partner has two", async () => {
    const fleet = await fleetOf(...named(30).map((id, index) => waiting(id, 60 - index)));
    const slow: InMemoryTable = {
      ...fleet.table,
      get: async (key) => {
        await new Promise(setImmediate);
        return fleet.table.get(key);
      },
    };
    const everything = async (holder: string | null) => {
      const admitted: string[] = [];
      for (;;) {
        const run = await (holder === null ? fleet.admit(slow) : fleet.take(holder, slow)).catch(() => "lost" as const);
        if (run === "lost") continue;
        if (!run) return admitted;
        admitted.push(run.partnerId);
      }
    };

    const admitted = (await Promise.all(["one", "two", null].map(everything))).flat();

    expect(admitted.toSorted()).toEqual(named(20));
    expect((await fleet.admission()).places).toHaveLength(20);
    expect(rowsOf(fleet.table, "partner#p-00", "export#")).toHaveLength(1);
  });
});

describe("a run that waits for its message", () => {
  it("is taken by a worker with room after three seconds, before it admits another", async () => {
    const fleet = await fleetOf(waiting("first", 5), waiting("second", 1));
    const first = await fleet.admit();
    fleet.pass(2_999);
    expect(await fleet.take("worker-1")).toMatchObject({ partnerId: "second" });
    fleet.pass(1);

    expect(await fleet.take("worker-2")).toEqual(first);
    expect(await fleet.take("worker-3")).toBeUndefined();
  });

  it.each([
    ["another worker has", { lease: newHold("another", Date.parse(noon)) }],
    ["is over", { state: "finished" }],
  ] as const)("is left alone where it %s", async (_, change) => {
    const fleet = await fleetOf(waiting("first", 5), waiting("second", 4));
    await fleet.admit();
    await fleet.admit();
    await fleet.change("first", change);
    fleet.pass(5_000);

    expect(await fleet.take("worker-1")).toMatchObject({ partnerId: "second" });
    expect(await fleet.take("worker-1")).toBeUndefined();
  });
});
