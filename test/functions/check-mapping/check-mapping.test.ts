import { expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { startIntegration } from "#functions/start-integration/start-integration";
import { connectedWorld } from "#test/builders/connected-world";
import { everyRow, owedTasks } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

it("has Gradient asked, and shows when it was", async () => {
  const world = serviceWorld();
  await world.addCustomer("a");
  await world.connect();
  await world.clock.settle(world.clock.sleep(30_000));

  expect(await checkMapping(world.common)(world)).toEqual({ requestedAt: "2026-11-22T10:00:30.000Z", heldUntil: null });

  expect(owedTasks(world.table)).toEqual([{ kind: "sync-accounts", partnerId: world.partnerId, reason: "check" }]);
  await world.work();
  expect((await world.integration()).mapping.lastCheckedAt).toBe("2026-11-22T10:00:30.000Z");
});

it("is told in the audit trail where somebody pressed, and not where a page asks by itself", async () => {
  const world = serviceWorld();
  await world.addCustomer("a");
  await world.connect();
  const told = () => everyRow(world.table).filter(({ type }) => type === "mapping.check-requested");
  const check = checkMapping(world.common);

  await check({ ...world, isAutomatic: true });
  expect(owedTasks(world.table)).toContainEqual(expect.objectContaining({ kind: "sync-accounts", reason: "check" }));
  expect(told()).toEqual([]);
  await world.clock.settle(world.clock.sleep(30_000));
  await check(world);
  expect(told()).toMatchObject([{ actor: world.by.actor, at: "2026-11-22T10:00:30.000Z" }]);
});

it("names whoever presses while a page's own look is under way, once, and looks no second time", async () => {
  const world = serviceWorld();
  await world.addCustomer("a");
  await world.connect();
  await world.clock.settle(world.clock.sleep(30_000));
  const check = checkMapping(world.common);
  const requestedAt = "2026-11-22T10:00:30.000Z";

  expect(await check({ ...world, isAutomatic: true })).toEqual({ requestedAt, heldUntil: null });
  const owed = owedTasks(world.table);
  await world.clock.settle(world.clock.sleep(2_000));
  for (const isAutomatic of [false, false, true])
    expect(await check({ ...world, isAutomatic })).toEqual({ requestedAt, heldUntil: null });

  expect(owedTasks(world.table)).toEqual(owed);
  const told = everyRow(world.table).filter(({ type }) => type === "mapping.check-requested");
  expect(told).toMatchObject([{ at: "2026-11-22T10:00:32.000Z" }]);
});

/** A partner that is still to map, and whose accounts went from Gradient. */
const disconnectedThere = async () => {
  const world = await connectedWorld(["a", "b"]);
  await world.live(2);
  const accounts = world.gradient.organizationOf(world.token)?.accounts;
  if (!accounts?.size) throw new Error("There is no account");
  accounts.clear();
  return { world, accounts };
};

it("says that the partner has not disconnected in Gradient where somebody pressed, and not where a page asks", async () => {
  const { world, accounts } = await disconnectedThere();
  await world.live(3);
  expect((await world.integration()).looks.suspectedSince).not.toBeNull();

  await checkMapping(world.common)({ ...world, isAutomatic: true });
  await world.live(7);
  expect([(await world.integration()).state, accounts.size]).toEqual(["suspended", 0]);

  await expect(checkMapping(world.common)({ ...world, isAutomatic: true })).rejects.toMatchObject({
    code: "integration.wrong-step",
  });
  await checkMapping(world.common)(world);
  await world.live(2);
  expect([(await world.integration()).state, accounts.size]).toEqual(["awaiting-mapping", 2]);
});

it("opens Next by itself once the partner has mapped", async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.setUsage("a", { dns: 3 });
  await world.connect();
  world.map(["a"]);

  await checkMapping(world.common)(world);
  await world.work();

  expect(await world.integration()).toMatchObject({ state: "active" });
});

it("is out of step before the agreement is confirmed", async () => {
  const world = serviceWorld();
  await expect(checkMapping(world.common)(world)).rejects.toMatchObject({ code: "integration.wrong-step" });
  await startIntegration(world.common)(world);
  const before = everyRow(world.table);

  await expect(checkMapping(world.common)(world)).rejects.toMatchObject({
    code: "integration.wrong-step",
    extra: { state: "awaiting-token" },
  });
  expect(everyRow(world.table)).toEqual(before);
});
