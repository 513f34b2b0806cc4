import { expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { bucketOf } from "#shared/usage/ledger";
import { activeWorld, customersNamed } from "#test/builders/connected-world";

const ids = customersNamed(90);
const first = ids.toSorted((a, b) => bucketOf(a, 3) - bucketOf(b, 3))[0];

it.each(["forbidden", "token-rejected"] as const)("one zero that is %s keeps back no other one", async (kind) => {
  let isRefused = false;
  const world = await activeWorld(ids, {
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, sent): Promise<CountAnswer> => {
        if (isRefused) await world.clock.sleep(100);
        return isRefused && sent.accountId === first ? { kind } : gradient.setUnitCount(token, sent);
      },
    }),
  });
  isRefused = true;

  await disconnectIntegration(world.common)({ ...world, finalCounts: "zero" });
  for (let hours = 0; hours < 8; hours += 1) {
    await world.work();
    await world.pass(3_600_000);
    await world.live(1);
  }

  const left = Object.entries(await world.counts()).filter(([, unitCount]) => unitCount > 0);
  expect(left).toHaveLength(1);
});
