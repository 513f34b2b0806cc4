import { describe, expect, it } from "vitest";
import { putPartner } from "#functions/put-partner/put-partner";
import { bounces } from "#test/builders/bounces";
import { owed } from "#test/builders/owed-result";
import { both, dayMs, quietWorld, refused } from "#test/builders/told-results";

describe("of what Gradient does not take, at another address", () => {
  it("what waits for an address is told of the last run of all lines, however many of some came since", async () => {
    const world = await quietWorld();
    await owed(world, "earlier", ["all", { b: "rejected" }]);
    await world.work();
    expect(await bounces(world, "earlier")).toBe("recorded");
    for (const id of Array.from({ length: 26 }, (_, place) => `run-${place}`)) {
      await world.pass(dayMs);
      await owed(world, id, id === "run-0" ? ["all", { ...both, c: "rejected" }] : ["retry", refused]);
      await world.work();
    }
    const owner = { name: "Olga", email: "new@example.com" };
    await putPartner(world.common)({ id: world.partnerId, profile: { name: "Example MSP", owner, timeZone: "UTC" } });
    await world.work();
    expect(world.mailer.sent.at(-1)?.text).toContain("Customer c");
  });

  it.each([
    ["another address", "otto@example.com", 2],
    ["another name alone", "olga@example.com", 1],
  ])("what an owner was told is told where the feed names %s", async (_, email, mails) => {
    const world = await quietWorld();
    await owed(world, "first", ["all", both]);
    await world.work();
    const profile = { name: "Example MSP", owner: { name: "Otto", email }, timeZone: "UTC" };
    await putPartner(world.common)({ id: world.partnerId, profile });
    for (const id of ["next", "last"]) await owed(world, id, ["all", both]);
    await world.work();
    expect(world.mailer.sent).toHaveLength(mails);
  });

  it.each([
    ["is known to nobody else", "next"],
    ["and comes back at once is sent there", "first"],
  ])("what an owner is told while the feed names another address %s", async (_, mailId) => {
    const world = await quietWorld();
    const { send } = world.mailer;
    world.mailer.send = async (mail) => {
      world.mailer.send = send;
      const taken = await send(mail);
      const owner = { name: "Otto", email: "otto@example.com" };
      await putPartner(world.common)({ id: world.partnerId, profile: { name: "Example MSP", owner, timeZone: "UTC" } });
      if (mailId === "first") await bounces(world, "first");
      return taken;
    };
    for (const id of ["first", "next"]) {
      await owed(world, id, ["all", both]);
      await world.work().catch(() => undefined);
      await world.work();
    }
    expect(world.mailer.sent.map(({ reference, to }) => [reference, to.email])).toEqual([
      ["first", "olga@example.com"],
      [mailId, "otto@example.com"],
    ]);
  });
});
