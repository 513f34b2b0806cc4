import { describe, expect, it } from "vitest";
import { admitExports } from "#functions/admit-exports/admit-exports";
import type { Closed } from "#shared/breakers/probes/probe-due";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { leaseMs } from "#shared/exports/export-lease";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { Integration } from "#shared/integrations/integration";
import { noWants, type WantKind, wish } from "#shared/integrations/record/wants";
import { fleetOf, waiting } from "#test/builders/fleet";
import { anIntegrationRow } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";

const inTime = { remainingMs: () => 60_000 };
const inFourHours = minutesAfter(240);
const theirs: Obstacle = { why: "gradient-refuses", scope: "partner", since: noon, retryAt: inFourHours };

/** The job of a minute in which these breakers are found closed. */
const minuteOf = (fleet: Awaited<ReturnType<typeof fleetOf>>, ...closed: string[]) => {
  const probeDue = async ({ release }: { release: (one: Closed) => Promise<void> }) => {
    for (const partnerId of closed) {
      fleet.obstacles.delete(partnerId);
      await release({ partnerId, closedAt: noon });
    }
  };
  return admitExports({ ...fleet, probeDue, linesPerSecond: 95 })(inTime);
};

/** A partner that wants this, and not before its breaker is tried again. */
const putOff = (kind: WantKind, since: string, more: Partial<Integration> = {}) =>
  anIntegrationRow({
    partnerId: "p",
    wants: wish(noWants, kind, { at: since, trigger: "recovery", notBefore: inFourHours }),
    ...more,
  });

describe("a partner whose breaker has closed", () => {
  it("is sent what waited in the same minute, and not hours later", async () => {
    const fleet = await fleetOf(waiting("p", 5));
    fleet.obstacles.set("p", theirs);
    expect(await minuteOf(fleet)).toMatchObject({ admitted: 0 });
    expect((await fleet.integration("p")).wants.all.notBefore).toBe(inFourHours);

    expect(await minuteOf(fleet, "p")).toMatchObject({ admitted: 1 });

    expect(await fleet.runOf("p")).toMatchObject({ kind: "all", state: "planned" });
  });

  it.each(["all", "repeat"] as const)(
    "has what it wants of %s due at once, and another partner nothing",
    async (kind) => {
      const fleet = await fleetOf(putOff(kind, minutesAfter(-60)), putOff(kind, minutesAfter(-60), { partnerId: "q" }));

      // no place and no time for a run
      fleet.obstacles.set(null, { ...theirs, scope: "vendor" });
      await minuteOf(fleet, "p");

      expect((await fleet.integration("p")).wants[kind].notBefore).toBe(noon);
      expect((await fleet.integration("q")).wants[kind].notBefore).toBe(inFourHours);
    },
  );

  it("has what was left over due as soon as no lost number may land any more", async () => {
    const fleet = await fleetOf(putOff("retry", minutesAfter(-0.5)));

    await minuteOf(fleet, "p");

    const landed = new Date(Date.parse(minutesAfter(-0.5)) + leaseMs + landsWithinMs).toISOString();
    expect(landed > noon).toBe(true);
    expect((await fleet.integration("p")).wants.retry.notBefore).toBe(landed);
  });
});
