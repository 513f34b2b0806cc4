import { expect, it } from "vitest";
import { partnerToken } from "#shared/gradient/gradient-token";
import { integrationWrite } from "#shared/integrations/integration";
import { store } from "#shared/table/table";
import { activeWorld, connectedWorld, pauseFor } from "#test/builders/connected-world";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const dayMs = 86_400_000;
const days = async (world: ServiceWorld, count: number) => {
  for (let day = 0; day < count; day += 1) {
    await world.pass(dayMs - 3 * 60_000);
    await world.live(3);
  }
};
const newKey = partnerToken.parse("gradient-partner-token-0002");
/** Connects anew in Gradient, where the accounts are mapped as they were. */
const connectAnew = async (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("not connected");
  Object.assign(organization.connection, { integrationId: "connection-b" });
  organization.counts.clear();
  organization.token = newKey;
  await world.register({ partnerId: world.partnerId, text: newKey, by: world.by });
  await world.work();
  return organization;
};

it("a partner that maps in a pause of more than a month is active after it", async () => {
  const world = await activeWorld();
  await pauseFor(world, 40 * dayMs);
  const { counts } = await connectAnew(world);
  await days(world, 39);
  expect([await world.integration(), counts.size]).toMatchObject([{ state: "awaiting-mapping" }, 0]);

  await days(world, 4);

  expect(await world.integration()).toMatchObject({ state: "active" });
  expect(counts.size).toBeGreaterThan(0);
});

it("one whose first count comes weeks after the mapping is active then", async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.connect();
  await world.live(3);
  world.map(["a"]);
  await days(world, 35);
  await world.setUsage("a", { dns: 7 });

  await days(world, 2);

  expect(await world.integration()).toMatchObject({ state: "active" });
  expect(await world.counts()).toEqual({ "a/dns": 7 });
});

it("no look tries a count once the agreement's grace is over", async () => {
  const world = await connectedWorld();
  const before = await world.integration();
  const agreement = before.agreement && { ...before.agreement, version: "2026-11-01" };
  await store(world.table, integrationWrite({ ...before, agreement }));
  await world.pass(36 * dayMs);
  world.map(["a"]);

  await world.sync({ partnerId: world.partnerId, reason: "check" });
  await world.work();
  await world.live(3);

  expect(world.gradient.countsReceived).toEqual([]);
  expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
});

it("no date is missed while a partner maps on another connection", async () => {
  const world = await activeWorld();
  const organization = world.gradient.organizationOf(world.token);
  organization?.mappedServices.clear();
  for (const account of organization?.accounts.values() ?? []) account.isMapped = false;

  await connectAnew(world);

  expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", nextRunAt: null });
});
