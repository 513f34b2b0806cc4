import { describe, expect, it } from "vitest";
import { admitNext } from "#shared/exports/admission/admit";
import { newHold } from "#shared/exports/export-lease";
import type { Integration } from "#shared/integrations/integration";
import { noWants, wish } from "#shared/integrations/record/wants";
import { fleetOf, largeSizes, named, waiting } from "#test/builders/fleet";
import { anIntegrationRow } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";

describe("keeps no other back:", () => {
  it("large partners that have to wait for a place, however many stand before it", async () => {
    const fleet = await fleetOf(
      ...named(150, "large").map((id) => waiting(id, 60, "all", largeSizes)),
      ...named(9, "small").map((id) => waiting(id, 5)),
    );

    const admitted = await fleet.admitAll();

    expect(admitted.filter((id) => id.startsWith("large"))).toHaveLength(15);
    expect(admitted.filter((id) => id.startsWith("small"))).toHaveLength(5);
  });

  describe("a large partner that has to wait for a place, if something small falls due there meanwhile", () => {
    const sizes = { lines: 20_000, toSend: 10, leftOver: 2, repeats: 3_000 };
    const overdue = wish(noWants, "repeat", { at: minutesAfter(-20 * 60), trigger: "repeat" });
    const later = wish(overdue, "retry", { at: noon, trigger: "recovery", notBefore: minutesAfter(60) });
    const full = async (change: Partial<Integration>) => {
      const fleet = await fleetOf(...named(15, "large").map((id) => waiting(id, 600, "all", largeSizes)));
      for (let place = 0; place < 15; place += 1) await fleet.take("worker");
      await fleet.table.put(anIntegrationRow({ partnerId: "p", wants: overdue, sizes, ...change }));
      return fleet;
    };

    it.each<[string, Partial<Integration>, string]>([
      ["its date", { nextRunAt: minutesAfter(60) }, "all"],
      ["what was left over", { wants: later, nextRunAt: null }, "retry"],
    ])("%s, and not before", async (_, change, kind) => {
      const fleet = await full(change);

      expect(await fleet.take("worker")).toBeUndefined();
      fleet.pass(60 * 60_000);
      expect(await fleet.take("worker")).toMatchObject({ partnerId: "p" });
      expect(await fleet.runOf("p")).toMatchObject({ kind });
    });

    it("but not what was left over, which its run of all lines would bring: that keeps its place", async () => {
      const wants = wish(wish(noWants, "all", { at: minutesAfter(-30), trigger: "schedule" }), "retry", {
        at: noon,
        trigger: "recovery",
        notBefore: noon,
      });
      const fleet = await full({ wants, nextRunAt: null, sizes: { ...sizes, toSend: 20_000 } });

      expect(await fleet.take("worker")).toBeUndefined();
    });

    it("once a minute for all that looks in vain", async () => {
      const fleet = await full({ nextRunAt: minutesAfter(0.5) });
      const take = admitNext(fleet);
      const hold = newHold("worker", Date.parse(noon));

      expect(await take(hold)).toBeUndefined();
      fleet.pass(59_000);
      expect(await take(hold)).toBeUndefined();
      fleet.pass(1_000);
      expect(await take(hold)).toMatchObject({ partnerId: "p" });
    });
  });

  it("a large partner that has to wait for a place", async () => {
    const fleet = await fleetOf(
      ...named(30, "large").map((id) => waiting(id, 60, "all", largeSizes)),
      ...named(9, "small").map((id) => waiting(id, 5)),
    );

    const admitted = await fleet.admitAll();

    expect(admitted).toEqual([...named(15, "large"), ...named(5, "small")]);
  });
});
