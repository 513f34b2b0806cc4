import { describe, expect, it } from "vitest";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { connectedWorld } from "#test/builders/connected-world";
import { printedBy } from "#test/builders/stdout";

const hourMs = 60 * 60_000;

describe("a list of accounts that Gradient fails on for one partner alone", () => {
  it("is told of, as accounts are that it fails on", async () => {
    const world = await connectedWorld(["a"], (gradient) => ({
      ...gradient,
      readAccounts: async () => {
        throw gradientUnavailable("over");
      },
    }));

    const printed = await printedBy(async () => {
      for (let hour = 0; hour < 72; hour += 1) {
        await world.pass(hourMs);
        await world.live(1);
      }
    });

    const { state, problems } = await world.integration();
    expect(state).toBe("awaiting-mapping");
    const alarms = printed.split("\n").filter((line) => line.includes('"ERROR"'));
    expect(alarms.length + problems.length).toBeGreaterThan(0);
  });
});
