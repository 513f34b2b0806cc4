import { expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { exportUsage } from "#functions/export-usage/export-usage";
import { listChunks } from "#shared/exports/chunk";
import { settledLines } from "#shared/exports/line";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport } from "#shared/exports/usage-export";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { integrationKey } from "#shared/integrations/integration";
import { tableSlots } from "#shared/pace/table-slots";
import { rowsOf } from "#test/builders/table";
import { callsPerSecond } from "#test/fakes/rate";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const otherToken = partnerToken.parse("gradient-partner-token-0002");
const place = { partnerId: "org-1", exportId: "run" };
const inTime = { remainingMs: () => 300_000 };

/** A partner whose first run is on its way, and which has made another connection in Gradient. */
const changingWorld = async (count: number) => {
  const world = serviceWorld();
  await world.addService("dns");
  const customers = Array.from({ length: count }, (_, index) => `c${index}`);
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(customers);
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", mode: "full" });
  world.gradient.addOrganization({ token: otherToken });
  return { world, customers };
};

const registerOther = (world: ServiceWorld) =>
  world.register({ partnerId: world.partnerId, text: otherToken, by: world.by });

/** As the partner, who finds the accounts in the other connection. */
const mapAll = ({ gradient }: ServiceWorld, customers: string[]) => {
  for (const id of customers) gradient.mapAccount(otherToken, id);
  for (const { id } of gradient.services) gradient.mapService(otherToken, id);
};

const runOf = async ({ table, partnerId }: ServiceWorld, id = "run") => {
  const found = await findExport(table, partnerId, id);
  if (!found) throw new Error(`There is no export ${id}`);
  return found;
};

const heldBy = ({ gradient }: ServiceWorld, token: PartnerToken) => gradient.organizationOf(token)?.counts.size ?? 0;

/** A worker that hands over after a second's lines. */
const aShortLeg = async (world: ServiceWorld) => {
  const end = world.clock.now() + 76_000;
  expect(await world.exporter(place, { remainingMs: () => end - world.clock.now() })).toBe("handed-over");
  world.queued.length = 0;
};

it("ends the rest of a run, teaches nothing about the new connection, and sends everything there once it is mapped", async () => {
  const { world, customers } = await changingWorld(600);
  const registering = async () => {
    await world.clock.sleep(500);
    await registerOther(world);
  };

  await world.clock.settle(Promise.all([world.exporter(place, inTime), registering()]));

  const over = await runOf(world);
  expect(over).toMatchObject({ state: "finished", outcome: "partial", stop: "not-connected", viewsRebuilt: false });
  expect(settledLines(over.totals)).toBe(600);
  expect(over.totals.accepted).toBeLessThan(300);
  expect(heldBy(world, world.token)).toBe(over.totals.accepted);
  expect(await world.integration()).toMatchObject({
    state: "awaiting-mapping",
    currentExportId: null,
    lastFullAt: null,
    mapping: { completedAt: null, mappedServiceIds: [] },
  });
  const { items } = await listChunks(world.table, world.partnerId, "run", { limit: 1000 });
  const last = items.at(-1)?.content;
  expect(last?.state === "done" && last.receipts.at(-1)).toMatchObject({
    outcome: "deferred",
    reason: expect.stringContaining("another Gradient connection"),
  });

  await world.work();
  expect(heldBy(world, otherToken)).toBe(0);
  mapAll(world, customers);
  await world.clock.settle(world.sync({ partnerId: world.partnerId, reason: "watch" }));
  await world.work();

  expect(heldBy(world, otherToken)).toBe(600);
  expect(await world.integration()).toMatchObject({ state: "active", mapping: { mappedServiceIds: ["dns"] } });
});

it("starts the run of everything by itself where the new connection is mapped when the stopped one ends", async () => {
  const { world, customers } = await changingWorld(300);
  const registering = async () => {
    await world.clock.sleep(500);
    await registerOther(world);
    // what registering owes comes while the old run is on its way
    await world.gradient.createAccounts(
      otherToken,
      customers.map((id) => ({ id, name: `Customer ${id}` })),
    );
    mapAll(world, customers);
    expect(await world.sync({ partnerId: world.partnerId, reason: "replaced" })).toBe("synced");
    for (const { pk, sk } of [...world.table.rows.values()])
      if (pk.startsWith("outbox#")) await world.table.delete({ pk, sk });
  };

  await world.clock.settle(Promise.all([world.exporter(place, inTime), registering()]));
  await world.work();

  expect(heldBy(world, otherToken)).toBe(300);
  expect(await world.integration()).toMatchObject({ state: "active", lastExport: { outcome: "succeeded" } });
});

it.each([
  ["went on", false],
  ["was cancelled", true],
])("sends nothing to it for a run that %s with another worker at that moment", async (_, isCancelled) => {
  const { world } = await changingWorld(300);
  await world.clock.settle(aShortLeg(world));
  if (isCancelled) await cancelExport(world.common)({ ...place, by: world.by });
  const heldBefore = heldBy(world, world.token);
  const { get } = world.table;
  let isRegistered = false;
  const racing = {
    ...world.table,
    // the worker has the run, and does not know the partner yet
    get: async (key: Parameters<typeof get>[0]) => {
      const isPartner = key.sk === integrationKey(world.partnerId).sk;
      if (isPartner && !isRegistered) {
        isRegistered = true;
        await registerOther(world);
      }
      return get(key);
    },
  };
  const { gradient, common } = world;
  const slotsFor = () => tableSlots(racing, "vendor", world.clock, callsPerSecond);
  const second = exportUsage({ ...common, table: racing, gradient, slotsFor, random: () => 0.5 });
  const before = gradient.countsReceived.length;

  expect(await world.clock.settle(second(place, inTime))).toBe("finished");

  expect(gradient.countsReceived).toHaveLength(before);
  expect(heldBy(world, world.token)).toBe(heldBefore);
  expect(await runOf(world)).toMatchObject({
    state: isCancelled ? "cancelled" : "finished",
    stop: isCancelled ? "cancelled" : "not-connected",
    totals: { lines: 300, accepted: heldBefore, deferred: 300 - heldBefore },
  });
});

it("does not take a dead worker's accepted counts for a proof of the new connection", async () => {
  const { world } = await changingWorld(3);
  const { put } = world.table;
  let chunkWrites = 0;
  const dying = {
    ...world.table,
    put: async (...[item, expected]: Parameters<typeof put>) => {
      await put(item, expected);
      if (item.sk.startsWith("chunk#")) chunkWrites += 1;
      // planned, about to be sent, receipts
      if (chunkWrites === 3) throw new Error("killed");
    },
  };
  const { gradient, common } = world;
  const slotsFor = () => tableSlots(dying, "vendor", world.clock, callsPerSecond);
  const first = exportUsage({ ...common, table: dying, gradient, slotsFor, random: () => 0.5 });
  await expect(world.clock.settle(first(place, inTime))).rejects.toThrow("killed");

  await registerOther(world);
  await world.work();

  expect(await runOf(world)).toMatchObject({ totals: { lines: 3, accepted: 3 }, stop: "not-connected" });
  expect(await world.integration()).toMatchObject({
    state: "awaiting-mapping",
    lastFullAt: null,
    mapping: { mappedServiceIds: [] },
  });
  const told = rowsOf(world.table, `partner#${world.partnerId}`, "event#").map(({ type }) => type);
  expect(told).not.toContain("integration.activated");
});
