import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { AppError } from "#shared/errors";
import { connectedWorld } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";
import { silentGradient } from "#test/fakes/silent-gradient";

const hourMs = 60 * 60_000;

/** Two customers, mapped, with everything sent. */
const activeWorld = async (through?: Parameters<typeof connectedWorld>[1]) => {
  const world = await connectedWorld(["a", "b"], through);
  world.map(["a", "b"]);
  await world.live(2);
  return world;
};
/** Gradient refuses the key for a while. */
const refuse = ({ gradient, token }: ServiceWorld) => {
  const organization = gradient.organizationOf(token);
  if (!organization) throw new Error("not connected");
  organization.token = undefined;
  return () => {
    organization.token = token;
  };
};
const subjects = ({ mailer }: ServiceWorld) => mailer.sent.map(({ subject }) => subject.replace(/:.*/, ""));

describe("a token", () => {
  it("is tried once a day where no look is due, without the list of accounts", async () => {
    const world = await activeWorld(silentGradient);
    await world.pass(24 * hourMs);
    const { token } = await world.integration();
    world.gradient.failNext("readAccounts", { error: new Error("the list is not asked for") });

    await world.live(1);

    const { checkedAt = "" } = (await world.integration()).token ?? {};
    expect(checkedAt > (token?.checkedAt ?? "")).toBe(true);
  });

  it("that is refused then suspends its partner before the next date of the schedule", async () => {
    const world = await activeWorld();
    await world.pass(24 * hourMs);
    refuse(world);

    await world.live(1);

    expect(await world.integration()).toMatchObject({ state: "suspended", token: { status: "rejected" } });
  });

  it("that is taken again puts its partner back to work, with what has changed meanwhile, and its owner is told", async () => {
    const world = await activeWorld();
    const restore = refuse(world);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    await world.work();
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    await world.setUsage("a", { dns: 99, sig: 0 });
    await world.addCustomer("n");

    await world.pass(24 * hourMs);
    await world.live(1);
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    restore();
    await world.pass(24 * hourMs);
    await world.live(3);

    expect(await world.integration()).toMatchObject({ state: "active", token: { status: "valid" }, problems: [] });
    expect(await world.counts()).toMatchObject({ "a/dns": 99 });
    expect(world.gradient.organizationOf(world.token)?.accounts.has("n")).toBe(true);
    expect(subjects(world)).toEqual([
      "Billing agreement for Gradient confirmed",
      "Usage is not being sent to Gradient",
      "Usage is being sent to Gradient again",
    ]);
  });

  describe("that is taken again of a connection that is inactive by now", () => {
    const inactiveWorld = async () => {
      const world = await activeWorld();
      const restore = refuse(world);
      await world.sync({ partnerId: world.partnerId, reason: "watch" });
      await world.work();
      restore();
      const setStatus = (status: string) => {
        const { connection } = world.gradient.organizationOf(world.token) ?? {};
        if (connection) connection.status = status;
      };
      setStatus("inactive");
      const sent = world.gradient.countsReceived.length;
      await world.pass(24 * hourMs);
      await world.live(2);
      return { world, setStatus, sentSince: () => world.gradient.countsReceived.length - sent };
    };

    it("leaves its partner suspended, as disconnected there once a second trial says the same", async () => {
      const { world, sentSince } = await inactiveWorld();
      expect(await world.integration()).toMatchObject({ state: "suspended", problems: [{ code: "token.rejected" }] });

      await world.live(6);
      expect((await world.integration()).problems.map(({ code }) => code)).toEqual(["gradient.disconnected"]);
      await world.pass(3 * 24 * hourMs);
      await world.live(3);

      expect(await world.integration()).toMatchObject({ state: "suspended", token: { status: "valid" } });
      expect(sentSince()).toBe(0);
      expect(subjects(world)).toEqual([
        "Billing agreement for Gradient confirmed",
        "Usage is not being sent to Gradient",
        "The integration was disconnected in Gradient",
      ]);
    });

    it("goes on where the connection is active by the second trial", async () => {
      const { world, setStatus, sentSince } = await inactiveWorld();
      setStatus("active");

      await world.live(8);

      expect(await world.integration()).toMatchObject({
        state: "active",
        problems: [],
        looks: { suspectedSince: null },
      });
      expect(sentSince()).toBeGreaterThan(0);
    });

    it("goes on when a person says that it is connected", async () => {
      const { world } = await inactiveWorld();
      await world.live(6);
      await world.setUsage("a", { dns: 99, sig: 0 });

      await checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
      await world.work();
      await world.live(2);

      expect(await world.integration()).toMatchObject({ state: "active", problems: [], token: { status: "valid" } });
      expect(await world.counts()).toMatchObject({ "a/dns": 99 });
    });
  });

  it("that cannot be tried is tried again soon", async () => {
    const world = await activeWorld();
    await world.pass(24 * hourMs);
    world.gradient.failNext("readConnection", { error: new AppError("unavailable", "gradient.unavailable", "down") });

    await world.live(1);
    const before = (await world.integration()).token?.checkedAt ?? "";
    await world.live(2);

    expect(((await world.integration()).token?.checkedAt ?? "") > before).toBe(true);
  });

  it("of a partner that has to map is tried by its looks, and daily after these have ended", async () => {
    const world = await connectedWorld(["a"]);
    await world.pass(31 * 24 * hourMs);
    await world.live(1);
    expect((await world.integration()).mapping.nextCheckAt).toBe(null);
    const before = (await world.integration()).token?.checkedAt ?? "";

    await world.pass(24 * hourMs);
    await world.live(1);

    expect(((await world.integration()).token?.checkedAt ?? "") > before).toBe(true);
  });
});
