import { expect, it } from "vitest";
import { planExport } from "#functions/export-usage/plan/plan-export";
import { findChunk } from "#shared/exports/chunk";
import { activeWorld, start } from "#test/builders/connected-world";

it("a plan that its worker makes again, before anything is sent, is the one that is kept", async () => {
  const world = await activeWorld(["a", "b"]);
  await world.setUsage("a", { dns: 77, sig: 3 });
  const run = await start(world, "changes");
  const plan = async () => {
    const planning = {
      table: world.table,
      lease: { current: () => run, keep: async () => undefined } as never,
      integration: await world.integration(),
      now: () => world.clock.now(),
      readAt: world.clock.date(),
      mayBegin: () => false,
    };
    return (await planExport(planning)).plan;
  };
  expect(await plan()).toMatchObject({ toSend: 2 });
  await world.setUsage("b", { dns: 78, sig: 4 });

  expect(await plan()).toMatchObject({ toSend: 4, chunks: 1, allChunks: 1 });

  const chunk = await findChunk(world.table, world.partnerId, run.id, 0);
  expect(chunk?.content).toMatchObject({ state: "planned", lines: { length: 4 } });
});
