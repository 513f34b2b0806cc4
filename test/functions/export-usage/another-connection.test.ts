import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { settledLines } from "#shared/exports/line";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { integrationKey } from "#shared/integrations/integration";
import type { Table } from "#shared/table/table";
import {
  carry,
  connectedWorld,
  customersNamed,
  exportOf,
  loseMessages,
  receiptsOf,
  start,
} from "#test/builders/connected-world";
import { rowsOf } from "#test/builders/table";
import type { ServiceWorld } from "#test/fakes/service-world";

const otherToken = partnerToken.parse("gradient-partner-token-0002");

/** A partner whose first run is on its way, and which has made another connection in Gradient. */
const changingWorld = async (count: number) => {
  const customers = customersNamed(count);
  const world = await connectedWorld(customers);
  world.map(customers);
  const run = await start(world);
  const organizationId = world.gradient.organizationOf(world.token)?.connection.organizationId ?? "";
  world.gradient.addOrganization({ token: otherToken, organizationId });
  return { world, customers, run };
};

const registerOther = (world: ServiceWorld) =>
  world.register({ partnerId: world.partnerId, text: otherToken, by: world.by });

/** As the partner, who finds the accounts in the other connection. */
const mapAll = ({ gradient }: ServiceWorld, customers: string[]) => {
  for (const id of customers) gradient.mapAccount(otherToken, id);
  for (const { id } of gradient.services) gradient.mapService(otherToken, id);
};

const heldBy = ({ gradient }: ServiceWorld, token: PartnerToken) =>
  [...(gradient.organizationOf(token)?.counts.values() ?? [])].reduce((sum, counts) => sum + counts.size, 0);

it("ends the rest of a run, teaches nothing about the new connection, and sends everything there once it is mapped", async () => {
  const { world, customers, run } = await changingWorld(300);
  const registering = async () => {
    await world.clock.sleep(2_500);
    await registerOther(world);
  };

  await world.clock.settle(Promise.all([carry(world, run), registering()]));

  const over = await exportOf(world, run);
  expect(over).toMatchObject({ state: "finished", outcome: "partial", stop: "not-connected", viewsRebuilt: false });
  expect(settledLines(over.totals)).toBe(600);
  expect(over.totals.accepted).toBeLessThan(400);
  expect(heldBy(world, world.token)).toBe(over.totals.accepted);
  expect(await world.integration()).toMatchObject({
    state: "awaiting-mapping",
    currentExportId: null,
    mapping: { completedAt: null, mappedServiceIds: [] },
  });
  expect((await receiptsOf(world, run)).at(-1)).toMatchObject({
    outcome: "deferred",
    reason: expect.stringContaining("the key was replaced"),
  });

  await world.work();
  expect(heldBy(world, otherToken)).toBe(0);
  mapAll(world, customers);
  await world.clock.settle(world.sync({ partnerId: world.partnerId, reason: "watch" }));
  await world.work();

  expect(heldBy(world, otherToken)).toBe(600);
  expect(await world.integration()).toMatchObject({ state: "active", mapping: { mappedServiceIds: ["dns", "sig"] } });
});

it.each([
  ["went on", false],
  ["was cancelled", true],
])("sends nothing to it for a run that %s with another worker at that moment", async (_, isCancelled) => {
  const { world, run } = await changingWorld(150);
  // a worker that hands over after a second's lines
  expect(await world.clock.settle(carry(world, run, 76_000))).toBe("handed-over");
  await loseMessages(world);
  const heldBefore = heldBy(world, world.token);
  const { get } = world.table;
  let isRegistered = false;
  const racing: Table = {
    ...world.table,
    // the worker has the run, and does not know the partner yet
    get: async (key) => {
      const isPartner = key.sk === integrationKey(world.partnerId).sk;
      if (isPartner && !isRegistered) {
        isRegistered = true;
        if (isCancelled) await cancelExport(world.common)({ ...world, exportId: run.id });
        await registerOther(world);
      }
      return get(key);
    },
  };
  const before = world.gradient.countsReceived.length;
  const message = { partnerId: world.partnerId, exportId: run.id, lane: run.lane };

  const outcomes = await world.clock.settle(
    world.workerWith({ table: racing })([message], { remainingMs: () => 300_000 }),
  );

  expect(outcomes.get(message)).toBe("finished");
  expect(world.gradient.countsReceived).toHaveLength(before);
  expect(heldBy(world, world.token)).toBe(heldBefore);
  expect(await exportOf(world, run)).toMatchObject({
    state: isCancelled ? "cancelled" : "finished",
    stop: isCancelled ? "cancelled" : "not-connected",
    totals: { lines: 300, accepted: heldBefore, deferred: 300 - heldBefore },
  });
});

it("does not take a dead worker's accepted counts for a proof of the new connection", async () => {
  const { world, run } = await changingWorld(3);
  const { put } = world.table;
  let chunkWrites = 0;
  const dying: Table = {
    ...world.table,
    put: async (item, expected) => {
      await put(item, expected);
      if (item.sk.startsWith("chunk#")) chunkWrites += 1;
      // about to be sent, receipts
      if (chunkWrites === 2) throw new Error("killed");
    },
  };
  const message = { partnerId: world.partnerId, exportId: run.id, lane: run.lane };
  const ends = await world.clock.settle(world.workerWith({ table: dying })([message], { remainingMs: () => 300_000 }));
  expect(ends.get(message)).toMatchObject({ failure: new Error("killed") });
  await world.pass(30_000);

  await registerOther(world);
  await world.work();

  expect(await exportOf(world, run)).toMatchObject({ totals: { lines: 6, accepted: 6 }, stop: "not-connected" });
  expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", mapping: { mappedServiceIds: [] } });
  const told = rowsOf(world.table, `partner#${world.partnerId}`, "event#").map(({ type }) => type);
  expect(told).not.toContain("integration.activated");
});
