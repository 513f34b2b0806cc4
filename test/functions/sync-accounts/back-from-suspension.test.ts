import { expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { leaveOut } from "#functions/leave-out/leave-out";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { activeWorld, connectedWorld, schedule } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 86_400_000;
const paste = async (world: ServiceWorld) => {
  await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
  await world.work();
};
const days = async (world: ServiceWorld, count: number) => {
  for (let day = 0; day < count; day += 1) {
    await world.pass(dayMs - 3 * 60_000);
    await world.live(3);
  }
};

/** Two customers with counts and a trial, all mapped, and a date that is weeks away. */
const monthlyWorld = async () => {
  const world = await activeWorld(["a", "b"]);
  await world.addCustomer("t", "trial");
  await world.setUsage("t", { dns: 5 });
  const organization = world.gradient.organizationOf(world.token);
  organization?.accounts.set("t", { name: "Customer t", isMapped: true, isActive: true });
  await schedule(world, { frequency: "monthly", dayOfMonth: 20, hour: 2 });
  await world.sync({ partnerId: world.partnerId, reason: "feed" });
  await world.live(3);
  return { world, connection: organization?.connection };
};
const suspend = async (world: ServiceWorld) => {
  const versionId = (await world.integration()).token?.versionId ?? "";
  await suspendIntegration(world.common)({ partnerId: world.partnerId, versionId });
};
/** One is left out, and the trial is billed from now on. */
const changeMeanwhile = async ({ common, partnerId, by }: ServiceWorld) => {
  await leaveOut(common)({ partnerId, kind: "accounts", ids: ["b"], reason: "gone", by });
  await recordCustomers(common)({ partnerId, customers: [{ id: "t", name: "Customer t", billing: "billed" }] });
};

it("has sent what was changed meanwhile where the same key is pasted again", async () => {
  const { world } = await monthlyWorld();
  await suspend(world);
  await changeMeanwhile(world);

  await paste(world);
  await world.live(5);

  expect(await world.counts()).toMatchObject({ "b/dns": 0, "t/dns": 5 });
});

it("has everything sent again where the connection was ended in Gradient, and somebody says that it was not", async () => {
  const { world, connection } = await monthlyWorld();
  Object.assign(connection ?? {}, { status: "inactive" });
  await world.sync({ partnerId: world.partnerId, reason: "check" });
  await world.live(8);
  expect(await world.integration()).toMatchObject({ state: "suspended" });
  await changeMeanwhile(world);
  Object.assign(connection ?? {}, { status: "active" });
  world.gradient.organizationOf(world.token)?.counts.clear();

  await checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
  await world.work();
  await world.live(5);

  expect(await world.counts()).toMatchObject({ "a/dns": 10, "t/dns": 5 });
});

it.each([
  ["by itself", false],
  ["with the same key", true],
])(
  "is active, once it is back %s, though its first count was accepted while its token was refused",
  async (_, isPasted) => {
    let isRefused = true;
    const world = await connectedWorld(["a", "b"], (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        const name = gradient.services.find(({ id }) => id === count.serviceId)?.name;
        if (isRefused && name === "Service sig") return { kind: "token-rejected" };
        return gradient.setUnitCount(token, count);
      },
    }));
    const dns = world.gradient.services.find(({ name }) => name === "Service dns")?.id ?? "";
    for (const id of ["a", "b"]) world.gradient.mapAccount(world.token, id);
    world.gradient.mapService(world.token, dns);
    await world.live(2);
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    isRefused = false;

    if (isPasted) await paste(world);
    await days(world, 3);

    expect(await world.integration()).toMatchObject({ state: "active", nextRunAt: expect.any(String) });
    expect(await world.counts()).toMatchObject({ "a/dns": 10, "b/dns": 10 });
  },
);
