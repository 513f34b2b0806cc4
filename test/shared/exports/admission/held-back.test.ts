import { describe, expect, it } from "vitest";
import type { Integration } from "#shared/integrations/integration";
import { dayMs } from "#shared/schedules/zoned-time";
import { fleetOf, named, waiting } from "#test/builders/fleet";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";

describe("keeps no other back:", () => {
  it("a partner whose calls are held, which comes when that is tried again", async () => {
    const held = named(30, "held");
    const fleet = await fleetOf(...held.map((id) => waiting(id, 60)), waiting("p", 5));
    for (const id of held) {
      fleet.obstacles.set(id, { scope: "partner", why: "gradient-refuses", since: noon, retryAt: minutesAfter(15) });
    }

    expect(await fleet.admitAll()).toEqual(["p"]);

    expect(await fleet.integration("held-00")).toMatchObject({
      wants: { all: { notBefore: minutesAfter(15), since: minutesAfter(-60), trigger: "schedule", attempt: 0 } },
    });
    fleet.obstacles.clear();
    expect(await fleet.admitAll()).toEqual([]);
    fleet.pass(15 * 60_000);
    expect(await fleet.admitAll()).toHaveLength(19);
  });

  it("partners whose probe is late, which are not looked at again each minute", async () => {
    const held = named(1_010, "held");
    const fleet = await fleetOf(...held.map((id) => waiting(id, 60)), waiting("p", 5));
    for (const id of held) {
      fleet.obstacles.set(id, { scope: "partner", why: "gradient-refuses", since: noon, retryAt: minutesAfter(-1) });
    }

    expect(await fleet.admitAll()).toEqual([]);
    expect(await fleet.admitAll()).toEqual(["p"]);

    expect(await fleet.integration("held-00")).toMatchObject({ wants: { all: { notBefore: minutesAfter(15) } } });
  });

  it("partners that have not confirmed the agreement in time, however many stand before it, for six hours", async () => {
    const agreement = { ...anIntegration().agreement, version: "2026-11-01" } as Integration["agreement"];
    const late = named(700, "late").map((id) => waiting(id, 60, "all", { agreement }));
    const fleet = await fleetOf(...late, waiting("p", 5));
    fleet.pass(100 * dayMs);

    expect((await fleet.admit())?.partnerId).toBe("p");

    const { notBefore } = (await fleet.integration("late-00")).wants.all;
    expect(Date.parse(notBefore ?? "")).toBe(fleet.now().getTime() + 6 * 60 * 60_000);
  });
});
