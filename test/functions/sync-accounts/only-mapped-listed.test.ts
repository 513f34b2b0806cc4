import { describe, expect, it } from "vitest";
import { partnerToken } from "#shared/gradient/gradient-token";
import { connectedWorld, moveTo } from "#test/builders/connected-world";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { GradientSide } from "#test/fakes/paced-gradient";

/** As with `returnUnmapped=false`; keeps the ids that creation was tried for. */
const onlyMapped = () => {
  const tried: string[] = [];
  const through = (gradient: InMemoryGradient): GradientSide => ({
    ...gradient,
    readAccounts: async (token) => (await gradient.readAccounts(token)).filter(({ isMapped }) => isMapped),
    createAccounts: async (token, accounts) => {
      tried.push(...accounts.map(({ id }) => id));
      await gradient.createAccounts(token, accounts);
    },
  });
  return { tried, through };
};

describe("a newcomer whose accounts were never listed", () => {
  it("has not disconnected in Gradient, and has them created once", async () => {
    const { tried, through } = onlyMapped();
    const world = await connectedWorld(["a", "b"], through);
    const { proofGen } = await world.integration();

    await world.live(15);

    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", problems: [], proofGen });
    expect(tried).toEqual(["a", "b"]);
  });

  it("has them created again a day later, should they be gone", async () => {
    const { through } = onlyMapped();
    const world = await connectedWorld(["a", "b"], through);
    await world.live(1);
    const accounts = world.gradient.organizationOf(world.token)?.accounts;
    accounts?.clear();

    await world.live(23 * 60);
    expect(accounts?.size).toBe(0);
    await world.live(2 * 60);

    expect([...(accounts?.keys() ?? [])].sort()).toEqual(["a", "b"]);
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", problems: [] });
  });

  it("has not disconnected from an organization because the one before has listed its accounts", async () => {
    const { through } = onlyMapped();
    const world = await connectedWorld(["a", "b"], through);
    await world.live(1);
    world.map(["a", "b"]);
    await world.live(2);
    const other = partnerToken.parse("gradient-partner-token-000b");
    world.gradient.addOrganization({ token: other });
    await moveTo(world, other);
    await world.live(2);
    await world.addCustomer("c");

    await world.live(30);

    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
  });
});
