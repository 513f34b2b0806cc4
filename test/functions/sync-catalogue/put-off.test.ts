import { describe, expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { AppError, InfrastructureFault } from "#shared/errors";
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

describe("partners' keys that cannot be read", () => {
  /** The world's partner comes last; how the others' keys fail is given. */
  const withOthers = async (count: number, failure: Error) => {
    const world = await aWorld({ error: null });
    const mine = await world.table.get({ pk: `partner#${world.partnerId}`, sk: "integration" });
    for (let number = 0; number < count; number += 1) {
      const partnerId = `other-${number}`;
      const token = { ...(await world.integration()).token, secretName: partnerId };
      const row = {
        ...mine,
        pk: `partner#${partnerId}`,
        sk: "integration",
        partnerId,
        token,
        lookAt: "1970",
        version: 1,
      };
      await world.table.put(row);
    }
    const { read } = world.vault;
    const reads = { failed: 0 };
    world.vault.read = async (name, version) => {
      if (!name.startsWith("other-")) return read(name, version);
      reads.failed += 1;
      throw failure;
    };
    return { world, reads };
  };
  const missing = new AppError("not-found", "token.missing", "gone");
  const alarms = (printed: string) => printed.split("\n").filter((line) => line.includes('"ERROR"'));

  it("because they are gone use up no try, stop their partners, and are told of once", async () => {
    const { world, reads } = await withOthers(5, missing);
    await world.pass(10 * minuteMs);

    const printed = await printedBy(async () => void (await world.catalogue()));
    await putService(world.common)({ id: "mdr", record: aServiceRecord({ name: "MDR" }) });
    const later = await printedBy(async () => void (await world.catalogue()));

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["DNS", "MDR"]);
    expect([alarms(printed).length, alarms(later).length, reads.failed]).toEqual([5, 0, 5]);
    const row = await world.table.get({ pk: "partner#other-0", sk: "integration" });
    expect(row).toMatchObject({ state: "suspended", problems: [{ code: "token.missing" }] });
  });

  it("because they were stored a moment ago, and are not found yet, stop nobody", async () => {
    const { world } = await withOthers(5, missing);
    await world.pass(9 * minuteMs);

    const printed = await printedBy(async () => void (await world.catalogue()));

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["DNS"]);
    expect(alarms(printed)).toEqual([]);
    const row = await world.table.get({ pk: "partner#other-0", sk: "integration" });
    expect(row).toMatchObject({ state: "awaiting-mapping", problems: [] });
  });

  it("for another reason use up no try, and alarm together", async () => {
    const { world } = await withOthers(5, new InfrastructureFault("Secrets Manager refused a call: AccessDenied"));

    const printed = await printedBy(async () => void (await world.catalogue()));

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["DNS"]);
    expect(alarms(printed).map((line) => JSON.parse(line))).toMatchObject([{ keys: 5 }]);
    expect(await world.table.get({ pk: "partner#other-0", sk: "integration" })).toMatchObject({
      state: "awaiting-mapping",
    });
  });

  it("of very many fail the job rather than read them all", async () => {
    const { world, reads } = await withOthers(60, new InfrastructureFault("Secrets Manager refused a call"));

    await expect(world.catalogue()).rejects.toThrow("Secrets Manager");

    expect(reads.failed).toBe(50);
  });
});

describe("a service that could not be created because of", () => {
  it.each([
    ["a failure", gradientUnavailable("over")],
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
    const world = await aWorld({ error: gradientUnavailable("over") });
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
    const ends = { error: gradientUnavailable("over") };
    const world = await aWorld(ends);
    await world.catalogue();
    ends.error = new AppError("upstream", "gradient.refused", "bad name");
    await ticks(world, 1);

    expect(await stored(world)).toMatchObject({ failure: null, refusal: { tries: 1, words: "bad name" } });
  });
});
