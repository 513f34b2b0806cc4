import { describe, expect, it } from "vitest";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { putService } from "#functions/put-service/put-service";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordUsage } from "#functions/record-usage/record-usage";
import { connectedWorld } from "#test/builders/connected-world";
import { aServiceRecord } from "#test/builders/service";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMinutes = 24 * 60;

/** Two customers, mapped, and a schedule whose next date is more than a week away. */
const monthlyWorld = async (through?: (gradient: InMemoryGradient) => InMemoryGradient) => {
  const world = await connectedWorld(["a", "b"], through);
  world.map(["a", "b"]);
  await world.live(2);
  const schedule = { frequency: "month-end", hour: 2, timeZone: "UTC", pausedUntil: null } as const;
  await putSchedule(world.common)({ partnerId: world.partnerId, schedule, by: world.by });
  expect(await world.integration()).toMatchObject({ state: "active" });
  return world;
};

const measure = ({ common, partnerId }: ServiceWorld, customerId: string, serviceId: string, unitCount: number) =>
  recordUsage(common)({
    partnerId,
    measurements: [{ index: 0, record: { customerId, serviceId, unitCount, measuredAt: common.now().toISOString() } }],
  });
const addCustomer = ({ common, partnerId }: ServiceWorld, id: string, billing: "billed" | "trial" = "billed") =>
  recordCustomers(common)({ partnerId, customers: [{ id, name: `Customer ${id}`, billing }] });
/** To the next look of an active partner, a day at the latest. */
const aDay = async (world: ServiceWorld) => {
  await world.pass((dayMinutes - 5) * 60_000);
  await world.live(10);
};

describe("between two dates of its schedule", () => {
  it("a partner's new customer is created, listed, mapped and billed without any call but the feed's", async () => {
    const world = await monthlyWorld();
    await addCustomer(world, "n");
    await measure(world, "n", "dns", 6);
    await world.live(1);
    expect(world.gradient.organizationOf(world.token)?.accounts.get("n")).toMatchObject({ name: "Customer n" });
    expect(await world.integration()).toMatchObject({ mapping: { accounts: { total: 3, mapped: 2 } } });

    world.gradient.mapAccount(world.token, "n");
    await aDay(world);

    expect(await world.counts()).toMatchObject({ "n/dns": 6 });
    expect(await world.integration()).toMatchObject({ mapping: { accounts: { total: 3, mapped: 3 } } });
  });

  it("a service that is new for a customer is sent at once, and a new count of an old one is not", async () => {
    const world = await monthlyWorld();
    await world.addCustomer("c");
    await world.setUsage("c", { dns: 1 });
    await world.sync({ partnerId: world.partnerId, reason: "feed" });
    world.gradient.mapAccount(world.token, "c");
    await world.sync({ partnerId: world.partnerId, reason: "feed" });
    await world.live(1);

    await measure(world, "a", "dns", 11);
    await world.live(2);
    expect(await world.counts()).toMatchObject({ "a/dns": 10 });
    await measure(world, "c", "sig", 3);
    await world.live(2);
    expect(await world.counts()).toMatchObject({ "c/sig": 3 });
  });

  it("a customer that becomes billed is sent at once, with what was measured while it was a trial", async () => {
    const world = await monthlyWorld();
    await addCustomer(world, "t", "trial");
    await measure(world, "t", "dns", 7);
    await world.live(1);
    expect(world.gradient.organizationOf(world.token)?.accounts.has("t")).toBe(false);
    expect((await world.integration()).wants.all).toMatchObject({ since: null });

    await addCustomer(world, "t");
    await world.live(1);
    world.gradient.mapAccount(world.token, "t");
    await aDay(world);

    expect(await world.counts()).toMatchObject({ "t/dns": 7 });
  });

  it("a service that the feed puts is in Gradient within a minute, and its counts are sent once it is mapped", async () => {
    const world = await monthlyWorld();
    await putService(world.common)({ id: "mdr", record: aServiceRecord({ name: "Service mdr" }) });
    await measure(world, "a", "mdr", 4);
    await measure(world, "b", "mdr", 5);

    await world.live(1);
    const mdr = world.gradient.services.find(({ name }) => name === "Service mdr");
    expect(mdr).toBeDefined();
    world.gradient.mapService(world.token, mdr?.id ?? "");
    await aDay(world);

    expect(await world.counts()).toMatchObject({ "a/mdr": 4, "b/mdr": 5 });
  });

  it("a service that was measured before Gradient had it is wanted when it has come, without a call to find that out", async () => {
    const switches: { isRefused: boolean } = { isRefused: true };
    const world = await monthlyWorld((gradient) => ({
      ...gradient,
      createService: async (token, service) => {
        if (switches.isRefused && service.name === "Service mdr") throw new Error("not now");
        await gradient.createService(token, service);
      },
    }));
    await putService(world.common)({ id: "mdr", record: aServiceRecord({ name: "Service mdr" }) });
    for (const row of [...world.table.rows.values()]) if (row.pk.startsWith("outbox#")) await world.table.delete(row);
    await measure(world, "a", "mdr", 4);
    await world.admit({ remainingMs: () => 60_000 });
    await world.work();
    expect(await world.integration()).toMatchObject({ awaitedServiceIds: ["mdr"] });

    switches.isRefused = false;
    await world.catalogue();
    const mdr = world.gradient.services.find(({ name }) => name === "Service mdr");
    world.gradient.mapService(world.token, mdr?.id ?? "");
    await world.live(3);

    expect(await world.integration()).toMatchObject({ awaitedServiceIds: [] });
    expect(await world.counts()).toMatchObject({ "a/mdr": 4 });
  });
});
