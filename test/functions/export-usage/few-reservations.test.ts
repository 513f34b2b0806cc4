import { expect, it } from "vitest";
import { integrationWrite } from "#shared/integrations/integration";
import { limiterKey } from "#shared/pace/table-slots";
import { store } from "#shared/table/table";
import { carry, connectedWorld, customersNamed, exportOf, start } from "#test/builders/connected-world";

/** How many blocks of moments a run of that many customers has reserved, and how many calls it made. */
const reservationsOf = async (count: number) => {
  const customers = customersNamed(count);
  const world = await connectedWorld(customers);
  world.map(customers);
  const run = await start(world);
  // more rows than the ledger needs: chunks of some twenty lines
  await store(world.table, integrationWrite({ ...(await world.integration()), ledgerBits: 4 }));
  await world.clock.settle(carry(world, run));
  const { totals, chunks } = await exportOf(world, run);
  const { version = 0 } = (await world.table.get(limiterKey("vendor"))) ?? {};
  return { blocks: version, accepted: totals.accepted, chunks };
};

it("reserves moments for the chunks that are prepared, and not for one chunk at a time", async () => {
  const { blocks, accepted, chunks } = await reservationsOf(160);

  expect([accepted, chunks]).toEqual([320, 16]);
  expect(blocks).toBeLessThan(16);
});
