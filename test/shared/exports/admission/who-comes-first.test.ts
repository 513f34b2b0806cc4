import { describe, expect, it } from "vitest";
import { noWants, wish } from "#shared/integrations/record/wants";
import { fleetOf, largeSizes, named, waiting } from "#test/builders/fleet";
import { anIntegrationRow } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";

describe("who comes first", () => {
  it("has waited longest, whatever for, and may start now", async () => {
    const later = { at: minutesAfter(-60), trigger: "recovery", notBefore: minutesAfter(-1) } as const;
    const fleet = await fleetOf(
      waiting("young", 2),
      waiting("old", 9),
      waiting("owed", 5, "retry"),
      anIntegrationRow({ partnerId: "dated", nextRunAt: minutesAfter(-7) }),
      anIntegrationRow({ partnerId: "backed-off", wants: wish(noWants, "retry", later) }),
    );

    expect(await fleet.admitAll()).toEqual(["old", "dated", "owed", "young", "backed-off"]);
  });

  it("is never one that only has counts to repeat, while there is somebody else", async () => {
    const fleet = await fleetOf(waiting("repeats", 60, "repeat"), waiting("changed", 1));

    // nor while that one's run is under way: they would share the rate with it
    expect(await fleet.admitAll()).toEqual(["changed"]);
  });

  it("does not let repeats in while somebody waits for whom there is no place", async () => {
    const large = named(16, "large");
    const fleet = await fleetOf(
      ...large.map((id) => waiting(id, 5, "all", largeSizes)),
      waiting("repeats", 60, "repeat"),
    );

    expect(await fleet.admitAll()).toEqual(large.slice(0, 15));
  });

  it("is one with repeats, too, where they have waited for half a day", async () => {
    const fleet = await fleetOf(waiting("repeats", 12 * 60 + 5, "repeat"), waiting("changed", 1));

    expect(await fleet.admitAll()).toEqual(["repeats", "changed"]);
  });

  it("is sent what has changed before what is only repeated", async () => {
    const repeats = wish(noWants, "repeat", { at: minutesAfter(-60), trigger: "repeat" });
    const both = wish(repeats, "all", { at: noon, trigger: "mapping" });
    const fleet = await fleetOf(anIntegrationRow({ partnerId: "p", wants: both }));

    await fleet.admitAll();

    expect(await fleet.runOf("p")).toMatchObject({ kind: "all", trigger: "mapping" });
  });
});
