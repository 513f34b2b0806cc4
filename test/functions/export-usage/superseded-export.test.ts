import { expect, it } from "vitest";
import { exportUsage } from "#functions/export-usage/export-usage";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { listChunks } from "#shared/exports/chunk";
import { type Receipt, settledLines } from "#shared/exports/line";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { type ExportMode, findExport } from "#shared/exports/usage-export";
import { integrationWrite } from "#shared/integrations/integration";
import { tableSlots } from "#shared/pace/table-slots";
import { readLedger } from "#shared/usage/ledger";
import { rowsOf } from "#test/builders/table";
import { callsPerSecond } from "#test/fakes/rate";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const dueAt = "2026-11-22T09:45:00.000Z";
const newerId = "20261122T094500000Z-schedule";
const place = { partnerId: "org-1", exportId: "run" };
const inTime = { remainingMs: () => 300_000 };

/** A partner that is due for its first full run while a lesser one is on its way. */
const dueWorld = async (customers: number, mode: ExportMode = "changes") => {
  const world = serviceWorld();
  await world.addService("dns");
  const ids = Array.from({ length: customers }, (_, index) => `c${index}`);
  for (const id of ids) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(ids);
  const before = await world.integration();
  await world.table.transact([integrationWrite({ ...before, state: "active", nextRunAt: dueAt })]);
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", mode });
  return world;
};

const tick = ({ common }: ServiceWorld) => startUsageExports(common)({ remainingMs: () => 60_000 });
const exportOf = async ({ table, partnerId }: ServiceWorld, id = "run") => {
  const found = await findExport(table, partnerId, id);
  if (!found) throw new Error(`There is no export ${id}`);
  return found;
};
const receiptsOf = async ({ table, partnerId }: ServiceWorld): Promise<Receipt[]> => {
  const { items } = await listChunks(table, partnerId, "run", { limit: 1000 });
  return items.flatMap(({ content }) => (content.state === "done" ? content.receipts : []));
};
const ledgerOf = async ({ table, partnerId, integration }: ServiceWorld) => {
  const { ledgerBits: bits, gradient } = await integration();
  return readLedger(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" });
};

it("keeps what was accepted, leaves the rest to the newer run, and lets that begin at once", async () => {
  const world = await dueWorld(600);
  const superseding = async () => {
    await world.clock.sleep(2_000);
    expect(await tick(world)).toMatchObject({ superseded: 1 });
  };

  await world.clock.settle(Promise.all([world.exporter(place, inTime), superseding()]));

  const over = await exportOf(world);
  expect(over).toMatchObject({ state: "finished", outcome: "partial", stop: "superseded", viewsRebuilt: true });
  expect(settledLines(over.totals)).toBe(600);
  expect(over.totals.accepted).toBeGreaterThan(100);
  expect(over.totals.superseded).toBe(600 - over.totals.accepted);
  expect((await receiptsOf(world)).filter(({ outcome }) => outcome === "superseded")).toContainEqual(
    expect.objectContaining({
      sentAt: null,
      reason: expect.stringContaining("newer run"),
      whatToDo: "Nothing: the newer run sends it.",
    }),
  );
  const accepted = (await receiptsOf(world)).filter(({ outcome }) => outcome === "accepted");
  expect([...(await ledgerOf(world)).values()].map(({ customerId }) => customerId).sort()).toEqual(
    accepted.map(({ customerId }) => customerId).sort(),
  );

  expect(await world.integration()).toMatchObject({
    currentExportId: newerId,
    nextRunAt: "2026-11-23T02:00:00.000Z",
    lastExport: { id: "run", outcome: "partial" },
    lastFullAt: null,
  });
  await world.work();
  expect(await exportOf(world, newerId)).toMatchObject({ mode: "full", outcome: "succeeded", totals: { lines: 600 } });
  expect(Object.keys(await world.counts())).toHaveLength(600);
});

it("sends nothing of a run that has not begun", async () => {
  const world = await dueWorld(3);
  await tick(world);

  await world.clock.settle(world.exporter(place, inTime));

  expect(await exportOf(world)).toMatchObject({
    state: "finished",
    outcome: "failed",
    totals: { lines: 3, accepted: 0, deferred: 0, superseded: 3 },
  });
  expect(world.gradient.countsReceived).toEqual([]);
  expect((await ledgerOf(world)).size).toBe(0);
});

it("ends a dry run as well", async () => {
  const world = await dueWorld(3, "dry-run");
  await tick(world);

  await world.work();

  expect(await exportOf(world)).toMatchObject({ outcome: "partial", totals: { superseded: 3 } });
  expect(await exportOf(world, newerId)).toMatchObject({ outcome: "succeeded", totals: { accepted: 3 } });
});

it("leaves the newer run to the next tick where its worker dies right after the end", async () => {
  const world = await dueWorld(3);
  await tick(world);
  const { transact } = world.table;
  const dying = {
    ...world.table,
    transact: async (...[writes]: Parameters<typeof transact>) => {
      if (writes.some((write) => "put" in write && write.put.id === newerId)) throw new Error("killed");
      await transact(writes);
    },
  };
  const slotsFor = () => tableSlots(dying, "vendor", world.clock, callsPerSecond);
  const { gradient, common } = world;
  const carry = exportUsage({ ...common, table: dying, gradient, slotsFor, random: () => 0.5 });

  await expect(world.clock.settle(carry(place, inTime))).rejects.toThrow("killed");
  expect(await carry(place, inTime)).toBe("already-over");
  expect(await world.integration()).toMatchObject({ currentExportId: null, nextRunAt: dueAt });

  expect(await tick(world)).toMatchObject({ started: 1 });
  await world.work();
  expect(await exportOf(world, newerId)).toMatchObject({ outcome: "succeeded", totals: { accepted: 3 } });
});

it("starts one newer run when a tick comes at the moment of the end", async () => {
  const world = await dueWorld(3);
  await tick(world);
  const { transact } = world.table;
  const crowded = {
    ...world.table,
    transact: async (...[writes]: Parameters<typeof transact>) => {
      if (writes.some((write) => "put" in write && write.put.id === newerId)) await tick(world);
      await transact(writes);
    },
  };
  const slotsFor = () => tableSlots(crowded, "vendor", world.clock, callsPerSecond);
  const { gradient, common } = world;
  const carry = exportUsage({ ...common, table: crowded, gradient, slotsFor, random: () => 0.5 });

  expect(await world.clock.settle(carry(place, inTime))).toBe("finished");

  const starts = rowsOf(world.table, "partner#org-1", "event#").filter(
    ({ type, details }) => type === "export.started" && JSON.stringify(details).includes(newerId),
  );
  expect(starts).toHaveLength(1);
});
