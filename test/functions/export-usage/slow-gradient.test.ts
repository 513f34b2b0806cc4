import { expect, it } from "vitest";
import { connectedWorld, send } from "#test/builders/connected-world";
import { callsPerSecond } from "#test/fakes/rate";
import type { ServiceWorld } from "#test/fakes/service-world";

it("has two seconds' worth of calls under way, and no more, where Gradient takes three for an answer", async () => {
  const customers = Array.from({ length: 150 }, (_, index) => `c${index}`);
  let underWay = 0;
  let most = 0;
  const world: ServiceWorld = await connectedWorld(customers, (gradient) => ({
    ...gradient,
    setUnitCount: async (token, count) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await world.clock.sleep(3_000);
      underWay -= 1;
      return gradient.setUnitCount(token, count);
    },
  }));
  world.map(customers);

  const over = await send(world);

  expect(over.totals).toMatchObject({ lines: 300, accepted: 300 });
  expect(most).toBe(2 * callsPerSecond);
});
