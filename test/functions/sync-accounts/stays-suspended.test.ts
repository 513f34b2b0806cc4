import { describe, expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { printedBy } from "#test/builders/stdout";
import type { ServiceWorld } from "#test/fakes/service-world";
import {
  accountsOf,
  codes,
  days,
  events,
  gone,
  hourMs,
  lyingWorld,
  mailsSince,
  organizationOf,
  press,
  setStatus,
  suspendedWorld,
} from "./lying-gradient.ts";

describe("a partner that has disconnected in Gradient stays suspended, told once", () => {
  const stays = async (world: ServiceWorld) => {
    const sent = world.gradient.countsReceived.length;
    await world.live(90);
    await days(world, 30);
    expect(await world.integration()).toMatchObject({ state: "suspended", token: { status: "valid" } });
    expect(world.gradient.countsReceived).toHaveLength(sent);
    expect(mailsSince(world)).toEqual([gone]);
    expect([events(world, "integration.suspended"), events(world, "integration.resumed")]).toEqual([1, 0]);
  };

  it("whose key goes on answering, and whose accounts are gone", async () => {
    const world = await suspendedWorld();
    organizationOf(world).accounts.clear();

    await stays(world);

    expect(accountsOf(world)).toEqual([]);
    expect(await codes(world)).toEqual(["gradient.disconnected"]);
  });

  it("whose key is refused by then", async () => {
    const world = await suspendedWorld();
    world.gradient.disconnect(world.token);

    await stays(world);

    expect(await codes(world)).toEqual(["gradient.disconnected"]);
  });

  it.each(["gradient.token-rejected", "gradient.forbidden", "gradient.refused", "gradient.unavailable"])(
    "whose list of accounts is answered with %s, which is nobody's trouble",
    async (code) => {
      const { world, lies } = await lyingWorld();
      setStatus(world, "inactive");
      await press(world);
      await world.live(8);
      setStatus(world, "active");
      lies.answer = new AppError("forbidden", code, "no");

      const printed = await printedBy(() => stays(world));

      expect(printed).not.toContain('"ERROR"');
      expect(await codes(world)).toEqual(["gradient.disconnected"]);
      const { looks } = await world.integration();
      expect(Date.parse(looks.tokenCheckAt ?? "") - world.clock.now()).toBeGreaterThan(20 * hourMs);
    },
  );

  it("whose connection is inactive, with all its accounts", async () => {
    const world = await suspendedWorld();
    setStatus(world, "inactive");

    await stays(world);

    setStatus(world, "active");
    await days(world, 1);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
  });

  it("of whom Gradient lists accounts that it never had of us, also under a customer's id", async () => {
    const world = await suspendedWorld();
    await world.addCustomer("n");
    organizationOf(world).accounts.clear();
    await world.gradient.createAccounts(
      world.token,
      ["n", "stranger"].map((id) => ({ id, name: id })),
    );

    await stays(world);
  });

  it("whose key leads to another connection by now; that is told on its page", async () => {
    const world = await suspendedWorld();
    Object.assign(organizationOf(world).connection, { integrationId: "connection-b" });

    const printed = await printedBy(() => stays(world));

    expect(printed).not.toContain('"ERROR"');
    expect(await codes(world)).toEqual(["gradient.disconnected", "connection.differs"]);
  });
});
