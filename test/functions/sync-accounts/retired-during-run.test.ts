import { describe, expect, it } from "vitest";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { findCustomer } from "#shared/customers/customer";
import { activeWorld, carry, start } from "#test/builders/connected-world";

/** What may happen once: while Gradient's answer is on its way. */
interface Meanwhile {
  onCount?: (() => Promise<unknown>) | undefined;
  onConnection?: (() => Promise<unknown>) | undefined;
}

/** A partner with the new customer `x`. Takes no count on a retired account; `onCount` is the first one of `x`. */
const worldWithNewcomer = async () => {
  const meanwhile: Meanwhile = {};
  const once = async (on: keyof Meanwhile): Promise<void> => {
    const happen = meanwhile[on];
    meanwhile[on] = undefined;
    await happen?.();
  };
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readConnection: async (token) => {
        const connection = await gradient.readConnection(token);
        await once("onConnection");
        return connection;
      },
      setUnitCount: async (token, count) => {
        const account = gradient.organizationOf(token)?.accounts.get(count.accountId);
        if (account?.isActive === false) return { kind: "unmapped", message: "No account found" };
        const answer = await gradient.setUnitCount(token, count);
        if (count.accountId === "x" && count.unitCount > 0) await once("onCount");
        return answer;
      },
    }),
  });
  const { partnerId, common, raw, sync } = world;
  await world.addCustomer("x");
  await world.setUsage("x", { dns: 7 });
  await sync({ partnerId, reason: "check" });
  world.map(["x"]);
  await sync({ partnerId, reason: "check" });
  return {
    world,
    meanwhile,
    remove: () => removeCustomer(common)({ partnerId, customerId: "x" }),
    look: () => raw(partnerId),
    account: () => world.gradient.organizationOf(world.token)?.accounts.get("x"),
  };
};

describe("a customer that is removed while its first count is answered", () => {
  it("has its zero first, and its account retired by itself after that", async () => {
    const { world, meanwhile, remove, look, account } = await worldWithNewcomer();
    let isActiveThen: boolean | undefined;
    meanwhile.onCount = async () => {
      await remove();
      await look();
      isActiveThen = account()?.isActive;
    };

    await world.live(30);

    expect(isActiveThen).toBe(true);
    expect(await world.counts()).toMatchObject({ "x/dns": 0 });
    expect(account()).toMatchObject({ isActive: false });
    expect(await findCustomer(world.table, world.partnerId, "x")).toMatchObject({ retiredAt: expect.any(String) });
  });
});

describe("a customer without a count that is removed", () => {
  /** The same, with nothing counted of `x`, and nothing that waits. */
  const quietWorld = async () => {
    const made = await worldWithNewcomer();
    await made.world.setUsage("x", {});
    await made.world.live(5);
    return made;
  };

  it("within a run is retired at its end", async () => {
    const { world, remove, look, account } = await quietWorld();
    const { id } = await start(world);
    await remove();
    await look();
    expect(await world.integration()).toMatchObject({ currentExportId: id, looks: { retiresLater: true } });
    expect(account()).toMatchObject({ isActive: true });

    await world.live(3);

    expect(account()).toMatchObject({ isActive: false });
    expect(await world.integration()).toMatchObject({ looks: { retiresLater: false } });
  });

  it("is retired within a run that began after that", async () => {
    const { world, remove, look, account } = await quietWorld();
    await remove();
    await world.pass(31_000);
    const { id } = await start(world);

    await look();

    expect(await world.integration()).toMatchObject({ currentExportId: id });
    expect(account()).toMatchObject({ isActive: false });
  });

  it("within a run that ends before the look does is retired by the next look, which comes soon", async () => {
    const { world, meanwhile, remove, account } = await quietWorld();
    const run = await start(world);
    await remove();
    meanwhile.onConnection = () => world.clock.settle(carry(world, run));

    await world.sync({ partnerId: world.partnerId, reason: "check" });

    expect(await world.integration()).toMatchObject({ currentExportId: null });
    expect(account()).toMatchObject({ isActive: true });
    await world.live(3);
    expect(account()).toMatchObject({ isActive: false });
  });
});
