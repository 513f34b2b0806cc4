import { expect, it } from "vitest";
import { defaultSchedule } from "#shared/schedules/schedule";
import { callsPerSecond } from "#test/fakes/rate";
import { type FleetPartner, partnerIdOf } from "./fleet/fleet-partners.ts";
import { allChangedFrom } from "./fleet/fleet-usage.ts";
import { fleetWorld } from "./fleet/fleet-world.ts";

const hourMs = 3_600_000;
const begins = Date.parse("2026-11-10T06:59:30.000Z");
const dueAt = "2026-11-10T07:00:00.000Z";
// twenty partners of 100,000 lines and 2,000 of 70, at 95 calls a second; hours stay what they are
const share = 1 / 50;
const [large, small] = [20, 2_000 * share];

it("sends what 2,000 small partners have within two hours, while twenty with 100,000 lines are under way", async () => {
  const partner = (place: number, lines: number): FleetPartner => ({
    index: allChangedFrom + place,
    id: partnerIdOf(allChangedFrom + place),
    lines,
    toSend: lines,
    schedule: defaultSchedule("America/New_York"),
    nextRunAt: place < large ? "2026-11-10T06:59:31.000Z" : dueAt,
  });
  const partners = Array.from({ length: large + small }, (_, place) => partner(place, place < large ? 2_000 : 70));
  const ended = { large: 0, small: 0 };
  const failures: unknown[] = [];
  const world = fleetWorld({
    partners,
    from: begins,
    perSecond: callsPerSecond * share,
    onCount: () => undefined,
    onEnd: ({ kind, stop, totals }) => {
      if (kind !== "all") return;
      if (stop !== null || totals.accepted !== totals.lines) failures.push({ stop, totals });
      ended[totals.lines === 70 ? "small" : "large"] += 1;
    },
  });
  world.service.start(begins + 5_000);

  await world.clock.runUntil(Date.parse(dueAt) + 2 * hourMs, () => ended.small === small);

  expect([ended.small, failures, world.failures]).toEqual([small, [], []]);
  // they have not waited for the large ones
  expect(ended.large).toBeLessThan(large);
}, 120_000);
