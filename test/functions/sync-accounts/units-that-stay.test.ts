import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { leaveOut } from "#functions/leave-out/leave-out";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { activeWorld } from "#test/builders/connected-world";
import { rowsOf } from "#test/builders/table";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";
import { silentGradient } from "#test/fakes/silent-gradient";

const told = (gradient: InMemoryGradient): InMemoryGradient => gradient;
const manyTries = 100;

/** A partner that left with units of its only mapped customer in Gradient. */
const leftWorld = async (through: typeof told, mapped = ["a"]) => {
  let tries = 0;
  const world = await activeWorld(["a", "b"], {
    mapped,
    through: (gradient) => ({
      ...through(gradient),
      setUnitCount: async (...call) => {
        tries += 1;
        if (tries > manyTries) throw new Error("It is tried for ever");
        return through(gradient).setUnitCount(...call);
      },
    }),
  });
  expect(await world.counts()).toMatchObject({ "a/dns": 10, "a/sig": 0 });
  await disconnectIntegration(world.common)({ partnerId: world.partnerId, by: world.by });
  await world.work();
  return world;
};
const endBilling = ({ common, partnerId }: ServiceWorld, id: string) =>
  recordCustomers(common)({ partnerId, customers: [{ id, name: "Customer a", billing: "not-provisioned" }] });

describe.each([
  ["Gradient tells which accounts are mapped", told],
  ["only counts tell", silentGradient],
])("a partner that comes back, where %s and nothing is mapped that is billed", (_, through) => {
  it("has the units of a customer whose billing has ended meanwhile set to zero", async () => {
    const world = await leftWorld(through);
    await endBilling(world, "a");

    await world.connect();
    await world.live(5);

    expect(await world.counts()).toMatchObject({ "a/dns": 0 });
    expect(await world.integration()).toMatchObject({ state: "active" });
  });

  it("has those of a service that it has left out meanwhile set to zero", async () => {
    const world = await leftWorld(through);
    const decision = { partnerId: world.partnerId, kind: "services" as const, ids: ["dns"], by: world.by };
    await leaveOut(world.common)({ ...decision, reason: "not ours" });
    world.gradient.mapService(world.token, world.gradient.services[1]?.id ?? "", false);

    await world.connect();
    await world.live(20);

    expect(await world.counts()).toMatchObject({ "a/dns": 0 });
  });

  it("is not tried again and again where its mapping is taken back", async () => {
    const world = await leftWorld(through);
    await endBilling(world, "a");
    for (const { id } of world.gradient.services) world.gradient.mapService(world.token, id, false);
    const before = world.gradient.countsReceived.length;

    await world.connect();
    await world.live(10);

    const tried = world.gradient.countsReceived.slice(before).filter(({ accountId }) => accountId === "a");
    expect(tried.length).toBeGreaterThan(0);
    expect(tried.length).toBeLessThanOrEqual(11);
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
  });

  it("is active once something is mapped, though the counts of one that is not billed cannot be read", async () => {
    const wordless = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...through(gradient),
      setUnitCount: async (...call) => {
        const answer = await gradient.setUnitCount(...call);
        return answer.kind === "unmapped" ? { ...answer, message: "Not Found" } : answer;
      },
    });
    const world = await leftWorld(wordless, ["a", "b"]);
    await endBilling(world, "a");
    const row = rowsOf(world.table, `partner#${world.partnerId}`, "usage#a")[0];
    if (row) await world.table.put({ ...row, counts: "nonsense" });
    for (const { id } of world.gradient.services) world.gradient.mapService(world.token, id, false);
    await world.connect();
    await world.live(5);

    world.gradient.mapService(world.token, world.gradient.services[0]?.id ?? "");
    await world.live(20);

    expect(await world.integration()).toMatchObject({ state: "active" });
  });

  it("keeps the account of a customer that is gone, for as many days as it maps", async () => {
    const world = await leftWorld(through);
    await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "a" });
    for (const { id } of world.gradient.services) world.gradient.mapService(world.token, id, false);

    await world.connect();
    for (let day = 0; day < 6; day += 1) {
      await world.pass(86_400_000 - 60_000);
      await world.live(1);
    }

    expect(world.gradient.organizationOf(world.token)?.accounts.get("a")).toMatchObject({ isActive: true });
    expect(await world.counts()).toMatchObject({ "a/dns": 10 });
  });
});
