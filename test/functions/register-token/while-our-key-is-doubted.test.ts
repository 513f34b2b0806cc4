import { describe, expect, it } from "vitest";
import { startIntegration } from "#functions/start-integration/start-integration";
import { type Breaker, breakerWrite, closed, findBreaker, vendorBreaker } from "#shared/breakers/state/breaker";
import { recentSuccesses } from "#shared/breakers/state/recent-successes";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { store } from "#shared/table/table";
import { openForAll } from "#test/builders/breakers";
import { activeWorld } from "#test/builders/connected-world";
import { anIntegrationRow } from "#test/builders/integration";
import type { ServiceWorld } from "#test/fakes/service-world";
import { foreign, isTrace, keptBy, newToken, register, tokenInForce } from "./token-rig.ts";

/** The only active partner has generated a new key, its old one was refused, and so was the first probe. */
const doubtedWorld = async (facts: Partial<Breaker> = {}) => {
  const world = await activeWorld(["a"]);
  const regenerated = world.gradient.regenerateKey(world.token);
  await openForAll(world.table, "vendor-key", world.clock.now(), { rotation: [world.partnerId], tries: 1, ...facts });
  let calls = 0;
  const { readConnection } = world.gradient;
  world.gradient.readConnection = (...of) => {
    calls += 1;
    return readConnection(...of);
  };
  return { world, regenerated, calls: () => calls };
};
const breakerOf = ({ table }: ServiceWorld) => findBreaker(table, vendorBreaker);
const held = { code: "gradient.vendor-key-rejected", message: expect.stringContaining("nothing about yours") };
/** What is kept beside when a token was last tried. */
const keptBeside = (world: ServiceWorld) => {
  const { rows, secrets } = keptBy(world);
  return { secrets, rows: rows.filter((row) => !isTrace(row) && row.sk !== "typed-token") };
};

describe("a token that somebody brings while nobody knows whether our key or a partner's is refused", () => {
  it("is the only partner's new one: it is registered, and everybody goes on", async () => {
    const { world, regenerated } = await doubtedWorld();

    await register(world, regenerated);

    expect(await tokenInForce(world)).toBe(regenerated);
    expect(await breakerOf(world)).toMatchObject({ trouble: null, owesRelease: true });
  });

  it("is a newcomer's, who is kept waiting by nobody else's wrong token", async () => {
    const { world } = await doubtedWorld();
    world.gradient.addOrganization({ token: newToken });
    await startIntegration(world.common)(foreign);

    await world.register({ ...foreign, text: newToken });

    expect(await breakerOf(world)).toMatchObject({ trouble: null });
  });

  it("is whom the next doubt asks, so that our key is not blamed once more", async () => {
    const { world } = await doubtedWorld();
    world.gradient.addOrganization({ token: newToken });
    await startIntegration(world.common)(foreign);
    await world.register({ ...foreign, text: newToken });

    expect(await breakerOf(world)).toMatchObject({ provenBy: foreign.partnerId });
    expect(await recentSuccesses(world.table, world.clock).list()).toContain(foreign.partnerId);
  });

  it("is refused as well, which shows nothing: nothing is kept, and it is none of the five tries", async () => {
    const { world, regenerated } = await doubtedWorld();
    const [before, breaker] = [keptBeside(world), await breakerOf(world)];

    for (let tries = 0; tries < 6; tries += 1) {
      await expect(register(world, `gradient-partner-token-wrong-${tries}`)).rejects.toMatchObject(held);
      await world.pass(15_000);
    }

    expect(keptBeside(world)).toEqual(before);
    expect(await breakerOf(world)).toEqual(breaker);
    await register(world, regenerated);
    expect(await tokenInForce(world)).toBe(regenerated);
  });

  it("is tried once within a quarter of a minute, whoever else brings one", async () => {
    const { world, regenerated, calls } = await doubtedWorld();

    const both = [register(world, "gradient-partner-token-wrong"), register(world, "gradient-partner-token-other")];
    for (const one of both) await expect(one).rejects.toMatchObject(held);
    await world.pass(14_999);
    await expect(register(world, regenerated)).rejects.toMatchObject(held);
    expect(calls()).toBe(1);

    await world.pass(1);
    await register(world, regenerated);
    expect(calls()).toBe(2);
  });

  it.each<[string, (world: ServiceWorld) => Promise<Partial<Breaker>>, (regenerated: string) => string]>([
    ["it is the one that is refused already", async () => ({ tries: 1 }), () => "gradient-partner-token-0001"],
    [
      "there are more than a few partners, of whom one tells more",
      async ({ table }) => {
        const rotation = ["p-1", "p-2", "p-3", "p-4"];
        for (const partnerId of rotation) await table.put(anIntegrationRow({ partnerId }));
        return { rotation, tries: 1 };
      },
      (regenerated) => regenerated,
    ],
    [
      "no probe has been made so far",
      async ({ partnerId }) => ({ rotation: [partnerId], tries: 0 }),
      (regenerated) => regenerated,
    ],
  ])("is not tried where %s", async (_, prepare, pasted) => {
    const { world, regenerated, calls } = await doubtedWorld();
    await openForAll(world.table, "vendor-key", world.clock.now(), await prepare(world));

    await expect(register(world, pasted(regenerated))).rejects.toMatchObject(held);

    expect(calls()).toBe(0);
  });

  it("is tried where all but a few of the others are suspended", async () => {
    const rotation = ["p-1", "p-2", "p-3", "p-4"];
    const { world, regenerated } = await doubtedWorld({ rotation });
    for (const partnerId of rotation) await world.table.put(anIntegrationRow({ partnerId, state: "suspended" }));

    await register(world, regenerated);

    expect(await tokenInForce(world)).toBe(regenerated);
  });

  it("shows that our key is good, also where it is of another organization than the one in use", async () => {
    const { world } = await doubtedWorld();
    world.gradient.addOrganization({ token: newToken });

    await expect(register(world, newToken)).rejects.toMatchObject({ code: "organization.differs" });

    expect(await breakerOf(world)).toMatchObject({ trouble: null });
  });

  it("shows nothing while Gradient does not answer", async () => {
    const { world, regenerated } = await doubtedWorld();
    world.gradient.failNext("readConnection", { error: new AppError("unavailable", "gradient.unavailable", "down") });

    await expect(register(world, regenerated)).rejects.toMatchObject({ code: "gradient.unavailable" });

    expect(await breakerOf(world)).toMatchObject({ trouble: "vendor-key" });
  });

  it("changes nothing about what was decided while Gradient was asked", async () => {
    const { world, regenerated } = await doubtedWorld();
    const { readConnection } = world.gradient;
    world.gradient.readConnection = async (...of) => {
      await store(world.table, breakerWrite(closed(await breakerOf(world), world.clock.now())));
      await openForAll(world.table, "vendor-key", world.clock.now() + 1);
      return readConnection(...of);
    };

    await register(world, regenerated);

    expect(await breakerOf(world)).toMatchObject({ trouble: "vendor-key" });
  });
});

describe("a token that somebody brings while it cannot be read whether everybody's calls are held", () => {
  const worldWithout = async () => {
    const world = await activeWorld(["a"]);
    await world.table.put({ pk: "breaker#vendor", sk: "breaker", version: 1, trouble: 7 });
    return world;
  };

  it("is asked about, once, and registered where Gradient takes it", async () => {
    const world = await worldWithout();
    const regenerated = world.gradient.regenerateKey(world.token);

    await register(world, regenerated);

    expect(await tokenInForce(world)).toBe(regenerated);
  });

  it("is tried as it was pasted, too, where Gradient refuses what was taken for it", async () => {
    const world = await worldWithout();
    const organization = world.gradient.organizationOf(world.token);
    if (organization) organization.token = partnerToken.parse("gradient-partner-token-0009.");

    await register(world, "gradient-partner-token-0009.");

    expect(await tokenInForce(world)).toBe("gradient-partner-token-0009.");
  });

  it("is not blamed where Gradient refuses it: that may be for our own key", async () => {
    const world = await worldWithout();
    const before = keptBy(world);

    await expect(register(world, "gradient-partner-token-wrong")).rejects.toMatchObject({
      kind: "unavailable",
      code: "gradient.unavailable",
    });

    expect(keptBy(world)).toEqual(before);
  });
});
