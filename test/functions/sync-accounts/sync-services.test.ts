import { describe, expect, it } from "vitest";
import { syncServices } from "#functions/sync-accounts/sync-services";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { listServices } from "#shared/services/hub-service";
import { serviceWorld } from "#test/fakes/service-world";

const aWorld = async () => {
  const world = serviceWorld();
  world.gradient.addOrganization({ token: world.token });
  await world.addService("dns");
  const sync = () => syncServices({ table: world.table, gradient: world.gradient, clock: world.clock })(world.token);
  return { world, sync };
};

describe("creating a service when Gradient fails", () => {
  it("creates it again after an answer that it was not", async () => {
    const { world, sync } = await aWorld();
    world.gradient.failNext("createService", { error: gradientUnavailable("answered") });

    await world.clock.settle(sync());

    expect(world.gradient.services).toHaveLength(1);
    expect((await listServices(world.table))[0]?.gradientServiceId).toBe(world.gradient.services[0]?.id);
  });

  it("finds it when only the answer was lost, and does not create it twice", async () => {
    const { world, sync } = await aWorld();
    world.gradient.failNext("createService", { error: gradientUnavailable("unanswered") }, { lands: true });

    await world.clock.settle(sync());

    expect(world.gradient.services).toHaveLength(1);
  });

  it("waits for a call without an answer for as long as it may land before it creates again", async () => {
    const { world, sync } = await aWorld();
    const before = world.clock.now();
    world.gradient.failNext("createService", { error: gradientUnavailable("unanswered") });

    await world.clock.settle(sync());

    expect(world.gradient.services).toHaveLength(1);
    expect(world.clock.now() - before).toBeGreaterThanOrEqual(landsWithinMs);
  });

  it("keeps others away for as long as its last attempt may land", async () => {
    const { world, sync } = await aWorld();
    world.gradient.failNext("createService", { error: gradientUnavailable("unanswered") }, { times: 2 });
    const another = async () => {
      await world.clock.sleep(100_000);
      await expect(sync()).rejects.toMatchObject({ code: "service.being-created" });
    };

    await world.clock.settle(Promise.all([sync(), another()]));

    expect(world.gradient.services).toHaveLength(1);
  });
});
