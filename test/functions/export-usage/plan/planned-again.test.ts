import { expect, it } from "vitest";
import { planExport } from "#functions/export-usage/plan/plan-export";
import { findChunk } from "#shared/exports/chunk";
import type { ExportKind, UsageExport } from "#shared/exports/usage-export";
import { store } from "#shared/table/table";
import { bucketWrite, readBucket } from "#shared/usage/ledger";
import { activeWorld, start } from "#test/builders/connected-world";
import { noon } from "#test/builders/time";

const planOf = async (world: Awaited<ReturnType<typeof activeWorld>>, run: UsageExport) => {
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

it("a plan that its worker makes again, before anything is sent, is the one that is kept", async () => {
  const world = await activeWorld(["a", "b"]);
  await world.setUsage("a", { dns: 77, sig: 3 });
  const run = await start(world, "changes");
  expect(await planOf(world, run)).toMatchObject({ toSend: 2 });
  await world.setUsage("b", { dns: 78, sig: 4 });

  expect(await planOf(world, run)).toMatchObject({ toSend: 4, chunks: 1, allChunks: 1 });

  const chunk = await findChunk(world.table, world.partnerId, run.id, 0);
  expect(chunk?.content).toMatchObject({ state: "planned", lines: { length: 4 } });
});

it.each<[ExportKind, number | null]>([
  ["all", 1],
  ["retry", 0],
  ["narrowed", null],
  ["look", null],
  ["final", null],
])("a run of kind %s knows from which chunk on come lines that may end it, for a retry: %s", async (kind, from) => {
  const world = await activeWorld(["a", "b"]);
  const { partnerId, ledgerBits: bits, gradient } = await world.integration();
  const bucket = await readBucket(world.table, { partnerId, bits, number: 0 }, gradient?.integrationId ?? "");
  const entries = [...bucket.entries].map(([key, entry], index) => {
    const isRefused = index === 0;
    return [
      key,
      {
        ...entry,
        owed: isRefused ? ("stopped" as const) : null,
        last: { ...entry.last, ...(isRefused ? { refusedAt: noon } : {}) },
      },
    ] as const;
  });
  await store(world.table, bucketWrite({ ...bucket, entries: new Map(entries) }));
  const run = await start(world, "full");

  expect((await planOf(world, { ...run, kind })).suspectsFrom).toBe(from);
});
