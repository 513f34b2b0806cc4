import { expect, it } from "vitest";
import { connectedWorld } from "#test/builders/connected-world";

it("a newcomer whose accounts were never listed has not disconnected in Gradient", async () => {
  const world = await connectedWorld(["a", "b"], (gradient) => ({
    ...gradient,
    // as with `returnUnmapped=false`
    readAccounts: async (token) => (await gradient.readAccounts(token)).filter(({ isMapped }) => isMapped),
  }));

  await world.live(15);

  expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", problems: [] });
});
