import { describe, expect, it } from "vitest";
import { claimedForMs } from "#functions/sync-catalogue/create-services";
import { syncCatalogue } from "#functions/sync-catalogue/sync-catalogue";
import { gradientNotAsked } from "#shared/gradient/gradient-api";
import { freePacer, pacedGradient } from "#test/fakes/paced-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A connected partner, and one service that is not in Gradient yet. */
const aWorld = async () => {
  const world = serviceWorld();
  await world.connect();
  await world.addService("dns");
  return world;
};
const namesIn = ({ gradient }: ServiceWorld) => gradient.services.map(({ name }) => name);

/** A job whose calls that create wait for their slot for longer than a claim lasts. */
const busyJob = (world: ServiceWorld) => {
  let isBusy = true;
  const slot = async () => {
    if (isBusy) await world.clock.sleep(claimedForMs + 1_000);
    return world.clock.now();
  };
  const side = pacedGradient(world.gradient, () => world.clock.date());
  const pacer = { slot, slowDown: async () => undefined };
  const refusals = { obstacleFor: async () => null, note: async () => undefined, forbid: async () => undefined };
  const job = syncCatalogue({
    ...world.common,
    refusals: { ...refusals, confirm: async () => "taken" },
    // the list has its turn at once
    gradientFor: (_, mayGo) => side.as(mayGo ? { pacer, mayGo } : { pacer: freePacer }),
  });
  const relax = () => {
    isBusy = false;
  };
  return { job: () => job({ remainingMs: () => 60_000 }), relax };
};

describe("a service that is created while slots are rare", () => {
  it("is not sent where it has waited so long for its slot that somebody else may be creating it", async () => {
    const world = await aWorld();
    const { job, relax } = busyJob(world);

    const slow = job();
    await world.pass(claimedForMs + 500);
    await world.catalogue();
    expect(await world.clock.settle(slow)).toEqual({ created: 0, refused: 0 });

    expect(namesIn(world)).toEqual(["Service dns"]);
    relax();
    expect(await world.clock.settle(job())).toEqual({ created: 0, refused: 0 });
  });

  it("that has waited for too long is sent by the next job, and others do not wait as long as that, too", async () => {
    const world = await aWorld();
    await world.addService("sig");
    const { job, relax } = busyJob(world);
    const before = world.clock.now();
    expect(await world.clock.settle(job())).toEqual({ created: 0, refused: 0 });
    expect(world.clock.now() - before).toBeLessThan(1.5 * claimedForMs);
    expect(namesIn(world)).toEqual([]);

    relax();
    expect(await world.clock.settle(job())).toEqual({ created: 2, refused: 0 });
  });

  it("fails where not even the list has its turn: slots are out of order", async () => {
    const world = await aWorld();
    world.gradient.failNext("readServices", { error: gradientNotAsked() });

    await expect(world.catalogue()).rejects.toThrow("Gradient could not be asked in time.");
  });
});
