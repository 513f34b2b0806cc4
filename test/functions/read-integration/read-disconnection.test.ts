import { describe, expect, it } from "vitest";
import { readDisconnection } from "#functions/read-integration/read-disconnection";
import { activeWorld, send } from "#test/builders/connected-world";
import { serviceWorld } from "#test/fakes/service-world";

describe("what disconnecting would do", () => {
  it("is told by the accounts, lines and units that Gradient holds, and by when it was sent last", async () => {
    const world = await activeWorld(["a", "b", "c"]);
    await world.setUsage("a", { dns: 7, sig: 5 });
    await world.setUsage("b", { dns: 0, sig: 0 });
    const before = world.clock.now();
    await send(world, "changes");

    const told = await readDisconnection(world)(world.partnerId);

    expect(told).toMatchObject({ accounts: 2, lines: 3, units: 7 + 5 + 10, deleted: expect.any(Array) });
    expect(told.deleted).toHaveLength(2);
    expect(told.kept).toHaveLength(3);
    expect(Date.parse(told.lastSentAt ?? "")).toBeGreaterThanOrEqual(before);
  });

  it("is nothing for whoever never connected: there is nothing to delete", async () => {
    const world = serviceWorld();

    expect(await readDisconnection(world)(world.partnerId)).toMatchObject({
      accounts: 0,
      lines: 0,
      units: 0,
      lastSentAt: null,
      deleted: [],
    });
  });
});
