import { expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { connectedWorld } from "#test/builders/connected-world";

it("a look that finds out whom Gradient refuses is taken to cost all its calls", async () => {
  let calls = 0;
  const ids = Array.from({ length: 100 }, (_, index) => `c${index}`);
  const world = await connectedWorld(ids, (gradient) => ({
    ...gradient,
    readAccounts: async (token) => {
      calls += 1;
      return gradient.readAccounts(token);
    },
    readConnection: async (token) => {
      calls += 1;
      return gradient.readConnection(token);
    },
    createAccounts: async () => {
      calls += 1;
      throw new AppError("upstream", "gradient.refused", "no");
    },
  }));
  calls = 0;

  await world.sync({ partnerId: world.partnerId, reason: "check" });

  expect(calls).toBeGreaterThan(40);
  expect(await world.integration()).toMatchObject({ looks: { calls } });
});
