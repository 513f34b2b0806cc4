import { expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { connectedWorld, moveTo } from "#test/builders/connected-world";

const other = partnerToken.parse("gradient-partner-token-000b");

it("an account that one organization has refused is created in the one that the partner connects to after that", async () => {
  const world = await connectedWorld(["a", "b"], (gradient) => ({
    ...gradient,
    createAccounts: async (token, accounts) => {
      if (token !== other && accounts.some(({ id }) => id === "b"))
        throw new AppError("upstream", "gradient.refused", "no");
      await gradient.createAccounts(token, accounts);
    },
  }));
  await world.live(1);
  const to = world.gradient.addOrganization({ token: other, organizationName: "B" });
  await moveTo(world, other);

  await world.live(30);

  expect([...to.accounts.keys()].sort()).toEqual(["a", "b"]);
});
