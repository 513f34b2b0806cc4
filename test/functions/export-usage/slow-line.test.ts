import { expect, it } from "vitest";
import { listChunks } from "#shared/exports/chunk";
import { exportOf, start } from "#test/builders/connected-world";
import { serviceWorld } from "#test/fakes/service-world";

const customers = 600;
const slow = "c0";

it("keeps nothing back but the count while one line is repeated for long", async () => {
  const doneChunks = async () => {
    const { items } = await listChunks(world.table, world.partnerId, run.id, { limit: 1000 });
    return { done: items.filter(({ content }) => content.state === "done").length, all: items.length };
  };
  let tries = 0;
  let atLastTry = { done: 0, all: 0 };
  const world = serviceWorld({
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        await world.clock.sleep(50);
        if (count.accountId !== slow) return gradient.setUnitCount(token, count);
        tries += 1;
        if (tries === 6) atLastTry = await doneChunks();
        return { kind: "in-doubt", reason: "no answer" };
      },
    }),
  });
  await world.addService("dns");
  const ids = Array.from({ length: customers }, (_, index) => `c${index}`);
  for (const id of ids) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(ids);
  const run = await start(world);
  await world.work();

  const { all, done } = atLastTry;
  expect(all).toBeGreaterThan(6);
  // its own, and the run's last line, which goes out alone when all others have ended
  expect(done).toBeGreaterThanOrEqual(all - 2);
  expect((await exportOf(world, run)).totals).toMatchObject({
    accepted: customers - 1,
    deferred: 1,
  });
});
