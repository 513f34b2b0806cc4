import { expect, it } from "vitest";
import { startExport } from "#functions/start-export/start-export";
import { findExport } from "#shared/exports/usage-export";
import { everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const connectedWorld = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  for (const id of ["a", "b"]) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  world.map(["a", "b"]);
  return world;
};
const send = (world: ServiceWorld, more = {}) =>
  startExport(world.common)({ partnerId: world.partnerId, by: world.by, mode: "full", ...more });

it("starts a run in the name of the person who asked", async () => {
  const world = await connectedWorld();

  const started = await send(world);

  expect(started).toMatchObject({ trigger: "manual", startedBy: "user-1", mode: "full", lane: "on-demand" });
  expect(rowsOf(world.table, "partner#org-1", "event#")).toContainEqual(
    expect.objectContaining({ type: "export.started", actor: "user-1", address: "203.0.113.7" }),
  );
  await world.work();
  expect(await world.counts()).toEqual({ "a/dns": 4, "b/dns": 4 });
});

it("sends some customers' lines and no others", async () => {
  const world = await connectedWorld();
  await send(world);
  await world.work();
  const sentBefore = world.gradient.countsReceived.length;

  const { id } = await send(world, { customerIds: ["b"] });
  await world.work();

  expect(await findExport(world.table, world.partnerId, id)).toMatchObject({ totals: { lines: 1, accepted: 1 } });
  expect(world.gradient.countsReceived.slice(sentBefore)).toMatchObject([{ accountId: "b", unitCount: 4 }]);
});

it("of everything makes every line one that has changed, for whichever run sends it in the end", async () => {
  const world = await connectedWorld();
  await send(world);
  await world.work();
  const { proofGen } = await world.integration();

  await send(world, { mode: "dry-run" });
  await send(world, { customerIds: ["b"] });
  await world.work();
  expect(await world.integration()).toMatchObject({ proofGen });
  await send(world);
  expect(await world.integration()).toMatchObject({ proofGen: proofGen + 1 });
});

it("tells of the run that is on its way instead of starting another", async () => {
  const world = await connectedWorld();
  const { id } = await send(world);
  const before = everyRow(world.table);

  await expect(send(world)).rejects.toMatchObject({
    kind: "conflict",
    code: "export.already-running",
    extra: { exportId: id },
  });
  expect(everyRow(world.table)).toEqual(before);
});

it("keeps what shows only what would be sent for days, and what was sent for 13 months", async () => {
  const world = await connectedWorld();
  const keptDays = async (mode: "dry-run" | "full") => {
    const { id, createdAt } = await send(world, { mode });
    await world.work();
    const rows = everyRow(world.table).filter(({ pk, sk }) => sk === `export#${id}` || pk.endsWith(`#${id}`));
    const days = rows.map(({ expiresAt }) => (Number(expiresAt) - Math.floor(Date.parse(createdAt) / 1000)) / 86_400);
    return [rows.length > 1, ...new Set(days)];
  };

  expect(await keptDays("dry-run")).toEqual([true, 8]);
  expect(await keptDays("full")).toEqual([true, 400]);
});

it("of a double click starts one", async () => {
  const world = await connectedWorld();

  const ends = await Promise.allSettled([send(world), send(world)]);

  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(owedTasks(world.table)).toHaveLength(1);
});

it("is out of step before the agreement is confirmed", async () => {
  const world = serviceWorld();

  await expect(send(world)).rejects.toMatchObject({ code: "integration.wrong-step", extra: { state: "not-started" } });
});
