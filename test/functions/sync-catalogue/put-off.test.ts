import { describe, expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { AppError } from "#shared/errors";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { findService } from "#shared/services/hub-service";
import { aServiceRecord } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const minuteMs = 60_000;

/** A connected partner, and a service whose creation ends so, as long as there is an error. */
const aWorld = async (ends: { error: AppError | null }) => {
  const through = (gradient: InMemoryGradient): InMemoryGradient => ({
    ...gradient,
    createService: async (token, service) => {
      if (ends.error) throw ends.error;
      await gradient.createService(token, service);
    },
  });
  const world = serviceWorld({ through });
  await world.connect();
  await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS" }) });
  return world;
};
const stored = async ({ table }: ServiceWorld) => {
  const service = await findService(table, "dns");
  if (!service) throw new Error("There is no such service");
  return service;
};
const ticks = async (world: ServiceWorld, minutes: number) => {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.pass(minuteMs);
    await world.catalogue();
  }
};

describe("a service that could not be created because of", () => {
  it.each([
    ["a failure", gradientUnavailable("answered")],
    ["too many calls", new AppError("unavailable", "gradient.throttled", "429")],
  ])("%s is no refused one, and is there a quarter of an hour after an outage of a day", async (_, error) => {
    const ends: { error: AppError | null } = { error };
    const world = await aWorld(ends);
    await world.catalogue();
    await ticks(world, 24 * 60);
    expect(await stored(world)).toMatchObject({ gradientServiceId: null, createdUntil: null, refusal: null });

    ends.error = null;
    await ticks(world, 15);

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["DNS"]);
    expect(await stored(world)).toMatchObject({ failure: null });
  });

  it("failures does not cost a call each minute", async () => {
    const world = await aWorld({ error: gradientUnavailable("answered") });
    const retries: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await world.catalogue();
      const { failure } = await stored(world);
      retries.push((Date.parse(failure?.retryAt ?? "") - world.clock.now()) / minuteMs);
      await world.pass((retries.at(-1) ?? 0) * minuteMs);
    }

    expect(retries).toEqual([1, 5, 15, 15]);
  });
});

describe("a service that Gradient refuses", () => {
  it("is tried again after ever longer pauses, a day at most, and alarms each time", async () => {
    const world = await aWorld({ error: new AppError("upstream", "gradient.refused", "bad name") });
    const pauses: number[] = [];
    const printed = await printedBy(async () => {
      for (let round = 0; round < 7; round += 1) {
        await world.catalogue();
        const { refusal } = await stored(world);
        pauses.push((Date.parse(refusal?.retryAt ?? "") - world.clock.now()) / minuteMs);
        await world.pass((pauses.at(-1) ?? 0) * minuteMs);
      }
    });

    expect(pauses).toEqual([1, 5, 15, 60, 360, 1440, 1440]);
    const alarms = printed
      .split("\n")
      .filter((line) => line.includes('"ERROR"'))
      .map((line) => JSON.parse(line));
    expect(alarms).toHaveLength(7);
    expect(alarms[6]).toMatchObject({ message: "gradient refuses a service", serviceId: "dns", tries: 7 });
  });

  it("after failures keeps no count of these", async () => {
    const ends = { error: gradientUnavailable("answered") };
    const world = await aWorld(ends);
    await world.catalogue();
    ends.error = new AppError("upstream", "gradient.refused", "bad name");
    await ticks(world, 1);

    expect(await stored(world)).toMatchObject({ failure: null, refusal: { tries: 1, words: "bad name" } });
  });
});
