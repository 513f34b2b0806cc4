import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import type { Item } from "#shared/table/table";
import { activeWorld } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const spoil = async (world: ServiceWorld, sk: string, change: object) => {
  const row = (await world.table.get({ pk: "partner#org-1", sk })) as Item;
  await world.table.put({ ...row, ...change });
  return () => world.table.put(row);
};

const unreadable: [what: string, sk: string, change: object][] = [
  ["a customer", "customer#b", { name: 7 }],
  ["a customer's counts", "usage#b", { counts: "canary" }],
];

describe("a look beside customers that cannot be read", () => {
  it("takes the loss of one account for no disconnection: nobody knows that all are gone", async () => {
    const world = await activeWorld(["a", "b", "c"]);
    await spoil(world, "customer#b", { name: 7 });
    await spoil(world, "customer#c", { name: 7 });
    const accounts = world.gradient.organizationOf(world.token)?.accounts;
    accounts?.delete("a");

    expect(await world.sync({ partnerId: "org-1", reason: "feed" })).toBe("synced");
    await world.live(10);

    const { state, looks } = await world.integration();
    expect({ state, looks }).toMatchObject({ state: "active", looks: { suspectedSince: null, mapsAnew: false } });
    expect(accounts?.has("a")).toBe(true);
  });
});

describe("the zeros of a disconnect", () => {
  it.each(unreadable)("need no row of %s: nothing is left in Gradient", async (_, sk, change) => {
    const world = await activeWorld();
    await spoil(world, sk, change);

    await disconnectIntegration(world.common)({ partnerId: "org-1", by: world.by, finalCounts: "zero" });
    await world.work();
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 0, "c/dns": 0 });
    const { state, closing } = await world.integration();
    expect({ state, closing }).toEqual({ state: "disconnected", closing: null });
  });
});
