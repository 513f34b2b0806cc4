import { describe, expect, it } from "vitest";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { connectedWorld } from "#test/builders/connected-world";
import { printedBy } from "#test/builders/stdout";

const hourMs = 60 * 60_000;
const told = "gradient fails on what looks read of a partner, look after look";

/** A partner whose list fails for so long as is said. */
const failingWorld = async (isFailing: () => boolean, obstacle: () => Obstacle | null = () => null) =>
  connectedWorld(
    ["a"],
    (gradient) => ({
      ...gradient,
      readAccounts: async (token) => {
        if (isFailing()) throw gradientUnavailable("over");
        return gradient.readAccounts(token);
      },
    }),
    {
      obstacleFor: async () => obstacle(),
      note: async () => undefined,
      confirm: async () => "taken",
      forbid: async () => undefined,
    },
  );

const alarmsDuring = async (hours: number, world: Awaited<ReturnType<typeof failingWorld>>): Promise<number> => {
  const printed = await printedBy(async () => {
    for (let hour = 0; hour < hours; hour += 1) {
      await world.pass(hourMs);
      await world.live(1);
    }
  });
  return printed.split("\n").filter((line) => line.includes('"ERROR"') && line.includes(told)).length;
};

describe("a list of accounts that Gradient fails on for one partner alone", () => {
  it("is told of once, as accounts are that it fails on", async () => {
    const world = await failingWorld(() => true);

    expect(await alarmsDuring(3, world)).toBe(0);
    expect(await alarmsDuring(72, world)).toBe(1);
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", problems: [] });
  });

  it("is told of anew when it has been read in between", async () => {
    let isFailing = true;
    const world = await failingWorld(() => isFailing);
    expect(await alarmsDuring(24, world)).toBe(1);

    isFailing = false;
    expect(await alarmsDuring(3, world)).toBe(0);
    isFailing = true;

    expect(await alarmsDuring(48, world)).toBe(1);
  });

  it("is nobody's own trouble where what fails opens everybody's breaker", async () => {
    const down = { scope: "vendor", why: "gradient-down", since: "", retryAt: "" } as const;
    let isOpen = false;
    const world = await failingWorld(
      () => {
        isOpen = true;
        return true;
      },
      () => (isOpen ? down : null),
    );

    let alarms = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      // it closes for a moment, and opens with the first call that fails
      isOpen = false;
      alarms += await alarmsDuring(1, world);
      expect(isOpen).toBe(true);
    }

    expect(alarms).toBe(0);
  });
});
