import { expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { connectedWorld, moveTo } from "#test/builders/connected-world";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { GradientSide } from "#test/fakes/paced-gradient";

const other = partnerToken.parse("gradient-partner-token-000b");

/** Refuses `b` on one connection. */
const refusing =
  (isThat: (connectionId: string | undefined) => boolean) =>
  (gradient: InMemoryGradient): GradientSide => ({
    ...gradient,
    createAccounts: async (token, accounts) => {
      const isRefused = isThat(gradient.organizationOf(token)?.connection.integrationId);
      if (isRefused && accounts.some(({ id }) => id === "b")) throw new AppError("upstream", "gradient.refused", "no");
      await gradient.createAccounts(token, accounts);
    },
  });

it("an account that one organization has refused is created in the one that the partner connects to after that", async () => {
  let first: string | undefined;
  const world = await connectedWorld(
    ["a", "b"],
    refusing((id) => id === first),
  );
  first = (await world.integration()).gradient?.integrationId;
  await world.live(1);
  const to = world.gradient.addOrganization({ token: other, organizationName: "B" });
  await moveTo(world, other);

  await world.live(30);

  expect([...to.accounts.keys()].sort()).toEqual(["a", "b"]);
});

it("an account that one connection has refused is created in the one that the same key leads to after that", async () => {
  const world = await connectedWorld(
    ["a", "b"],
    refusing((id) => id !== "connection-b"),
  );
  await world.live(1);
  const organization = world.gradient.organizationOf(world.token);
  organization?.accounts.clear();
  Object.assign(organization?.connection ?? {}, { integrationId: "connection-b" });
  await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });

  await world.live(30);

  expect([...(organization?.accounts.keys() ?? [])].sort()).toEqual(["a", "b"]);
});
