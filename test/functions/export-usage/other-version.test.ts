import { expect, it } from "vitest";
import { findExport } from "#shared/exports/usage-export";
import type { Item } from "#shared/table/table";
import { connectedWorld, receiptsOf, send } from "#test/builders/connected-world";
import { anExportRow } from "#test/builders/usage-export";

/** A run that another version has stored. */
const worldWith = async (change: object) => {
  const world = await connectedWorld(["a", "b"]);
  world.map(["a", "b"]);
  const run: Item = {
    ...anExportRow({ id: "run", partnerId: "org-1" }),
    ...change,
  };
  const integration = (await world.table.get({ pk: "partner#org-1", sk: "integration" })) as Item;
  await world.table.put(run);
  await world.table.put({ ...integration, currentExportId: "run" });
  const carry = () =>
    world.exporter({ lane: "on-demand", partnerId: "org-1", exportId: "run" }, { remainingMs: () => 300_000 });
  return { world, carry };
};

it.each([
  ["a mode that nobody knows", { mode: "preview" }, "unknown-mode"],
  ["a stop that nobody knows", { stop: "paused" }, "paused"],
])("ends a run with %s, and sends nothing of it", async (_, change, stop) => {
  const { world, carry } = await worldWith(change);

  expect(await world.clock.settle(carry())).toBe("finished");

  const over = await findExport(world.table, "org-1", "run");
  expect(over).toMatchObject({ ...change, stop, state: "finished", outcome: "failed" });
  expect(world.gradient.countsReceived).toEqual([]);
  for (const { outcome, reason } of await receiptsOf(world, over as never)) {
    expect([outcome, reason]).toEqual(["deferred", expect.any(String)]);
  }
  expect(await world.integration()).toMatchObject({ currentExportId: null });
});

it("sends neither a count nor a zero for a customer whose billing is a word that nobody knows", async () => {
  const { world } = await worldWith({});
  await world.clock.settle(
    world.exporter({ lane: "on-demand", partnerId: "org-1", exportId: "run" }, { remainingMs: () => 300_000 }),
  );
  const before = await world.counts();
  const customer = (await world.table.get({ pk: "partner#org-1", sk: "customer#a" })) as Item;
  await world.table.put({ ...customer, billing: "prepaid" });
  world.gradient.countsReceived.length = 0;

  const over = await send(world, "full");

  expect(new Set((await receiptsOf(world, over)).map(({ customerId }) => customerId))).toEqual(new Set(["b"]));
  expect(new Set(world.gradient.countsReceived.map(({ accountId }) => accountId))).toEqual(new Set(["b"]));
  expect(await world.counts()).toEqual(before);
});

it("is done with a run whose state nobody knows, once it has an end", async () => {
  const { world, carry } = await worldWith({ state: "archived", finishedAt: "2026-11-22T12:00:00.000Z" });

  expect(await carry()).toBe("already-over");

  expect(world.gradient.countsReceived).toEqual([]);
});
