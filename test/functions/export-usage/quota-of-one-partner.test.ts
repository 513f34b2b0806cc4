import { expect, it } from "vitest";
import { noWants, wish } from "#shared/integrations/record/wants";
import { sendingFleet } from "#test/builders/sending-fleet";

const minuteMs = 60_000;
const integration = { wants: wish(noWants, "all", { at: "2026-11-22T11:59:00.000Z", trigger: "schedule" }) };

/** Gradient allows this partner so many counts a minute, and names the rest of the minute for its wait. */
const fleetWithQuota = async (allowed: string, perMinute: number, partners: { id: string; lines: number }[]) => {
  const quota = { minute: -1, left: 0 };
  const takenAt: number[] = [];
  const fleet = await sendingFleet(
    partners.map((partner) => ({ ...partner, integration })),
    {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) => {
          await fleet.clock.sleep(100);
          const now = fleet.clock.now();
          if (token !== fleet.tokens.get(allowed)) {
            takenAt.push(now);
            return gradient.setUnitCount(token, count);
          }
          const minute = Math.floor(now / minuteMs);
          if (minute !== quota.minute) Object.assign(quota, { minute, left: perMinute });
          quota.left -= 1;
          if (quota.left < 0) return { kind: "throttled", retryAfterMs: minuteMs - (now % minuteMs) };
          return gradient.setUnitCount(token, count);
        },
      }),
    },
  );
  return { fleet, takenAt };
};

it("a partner that is allowed ten counts a minute keeps the others for some minutes, and not for as long as its run lasts", async () => {
  const others = ["b", "c", "d", "e"];
  const partners = [{ id: "a", lines: 400 }, ...others.map((id) => ({ id, lines: 300 }))];
  const { fleet, takenAt } = await fleetWithQuota("a", 10, partners);
  const begunAt = fleet.clock.now();

  await fleet.live(10);

  expect(others.map((id) => fleet.countsOf(id))).toEqual([300, 300, 300, 300]);
  expect(Math.max(...takenAt) - begunAt).toBeLessThan(8 * minuteMs);
  // nobody waits for it any more
  await fleet.live(60);
  expect(fleet.countsOf("a")).toBe(400);
});
