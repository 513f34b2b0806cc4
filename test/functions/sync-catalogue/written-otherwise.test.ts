import { describe, expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { findService, type HubService, toServiceItem } from "#shared/services/hub-service";
import { aServiceRecord } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const name = "Managed  mailbox";
// as whoever shows names on pages may do
const oneSpace = (text: string) => text.replaceAll(/\s+/g, " ");

interface Ways {
  written?: (text: string) => string;
  /** What else happens in Gradient while a service is created. */
  meanwhile?: (gradient: InMemoryGradient) => void;
  /** What the list shows of what there is. */
  lists?: (gradient: InMemoryGradient, now: Date) => InMemoryGradient["services"];
}

/** A connected partner, and a service whose name Gradient writes in another way. */
const aWorld = async ({ written = oneSpace, meanwhile, lists }: Ways = {}) => {
  const world = serviceWorld({
    through: (gradient, now) => ({
      ...gradient,
      createService: async (token, service) => {
        await gradient.createService(token, { ...service, name: written(service.name) });
        meanwhile?.(gradient);
      },
      readServices: async (token) => {
        const all = await gradient.readServices(token);
        return lists ? lists(gradient, now()) : all;
      },
    }),
  });
  await world.connect();
  await putService(world.common)({ id: "mail", record: aServiceRecord({ name }) });
  return world;
};
const hours = async (world: ServiceWorld, count: number) => {
  for (let hour = 0; hour < count; hour += 1) {
    await world.catalogue();
    await world.pass(hourMs);
  }
};
const stored = ({ table }: ServiceWorld) => findService(table, "mail");
const namesIn = ({ gradient }: ServiceWorld) => gradient.services.map((one) => one.name);
const alarms = (printed: string) =>
  printed
    .split("\n")
    .filter((line) => line.includes('"ERROR"'))
    .map((line) => JSON.parse(line));

describe("a service whose name Gradient writes in another way", () => {
  it.each([
    ["with one space for two", oneSpace],
    ["in small letters", (text: string) => text.toLowerCase()],
    ["cut off", (text: string) => text.slice(0, 7)],
  ])("%s is created once, and told by being new", async (_, written) => {
    const world = await aWorld({ written });

    await hours(world, 24);

    expect(namesIn(world)).toEqual([written(name)]);
    expect(await stored(world)).toMatchObject({
      gradientServiceId: world.gradient.services[0]?.id,
      gradientName: written(name),
      unseenSince: null,
      refusal: null,
    });
  });

  it("is bound to nothing where somebody adds another one at that moment, alarms, and is not created again", async () => {
    const world = await aWorld({ meanwhile: ({ services }) => services.push({ id: "by-hand", name: "Backup" }) });

    const printed = await printedBy(() => hours(world, 48));

    expect(namesIn(world)).toEqual([oneSpace(name), "Backup"]);
    expect(await stored(world)).toMatchObject({ gradientServiceId: null, createdAs: name });
    const message = "gradient does not show a service that it has created";
    const [first] = alarms(printed);
    expect(first).toMatchObject({ message, serviceId: "mail", tries: 1 });
    expect(alarms(printed).length).toBeLessThan(10);
  });

  it("is bound once the hub has put it as Gradient writes it", async () => {
    const world = await aWorld({ meanwhile: ({ services }) => services.push({ id: "by-hand", name: "Backup" }) });
    await hours(world, 5);

    await putService(world.common)({ id: "mail", record: aServiceRecord({ name: oneSpace(name) }) });
    await world.work();

    expect(namesIn(world)).toEqual([oneSpace(name), "Backup"]);
    expect(await stored(world)).toMatchObject({ gradientServiceId: world.gradient.services[0]?.id, refusal: null });
  });

  describe("is not bound to the only new one that is listed", () => {
    /** The list shows what is not its own, and does not show its own yet. */
    const onlyOther = (other: string) =>
      aWorld({
        meanwhile: ({ services }) => services.unshift({ id: "the-other", name: other }),
        lists: ({ services }) => services.filter(({ id }) => id === "the-other"),
      });
    const withOther = async (world: ServiceWorld, over: Partial<HubService>) => {
      await world.addService("dns");
      const dns = await findService(world.table, "dns");
      if (dns) await world.table.put(toServiceItem({ ...dns, ...over }));
    };

    it.each([
      ["is being created", { createdAs: "Other  name", createdUntil: "2100-01-01T00:00:00.000Z" }],
      ["has failed to be", { failure: { tries: 1, retryAt: "2100-01-01T00:00:00.000Z" } }],
    ])("where that may be another service, which %s", async (_, over) => {
      const world = await onlyOther("Other name");
      await withOther(world, over);

      await world.catalogue();

      expect(await stored(world)).toMatchObject({ gradientServiceId: null, createdAs: name });
    });

    it("where that has another service's name", async () => {
      const world = await onlyOther("Service dns");
      const until = "2100-01-01T00:00:00.000Z";
      await withOther(world, { refusal: { at: until, words: "no", tries: 1, retryAt: until } });

      await world.catalogue();

      expect(await stored(world)).toMatchObject({ gradientServiceId: null, createdAs: name });
    });

    it("where that may be what could not be read before", async () => {
      const world = await aWorld({
        lists: ({ services }) => [{ id: services.length > 0 ? "legacy" : "", name: "Legacy" }],
      });

      await world.catalogue();

      expect(await stored(world)).toMatchObject({ gradientServiceId: null, createdAs: name });
    });
  });

  it("is not created again where the list has failed after that", async () => {
    let reads = 0;
    const world = await aWorld({
      lists: ({ services }) => {
        reads += 1;
        if (reads === 2) throw gradientUnavailable("over");
        return [...services];
      },
    });

    await hours(world, 24);

    expect(namesIn(world)).toEqual([oneSpace(name)]);
  });
});

describe("a service that Gradient has created, and does not show", () => {
  it("for some minutes is created once, and bound as soon as it is shown", async () => {
    const born = new Map<string, number>();
    const world = await aWorld({
      written: (text) => text,
      lists: ({ services }, now) => {
        for (const { id } of services) born.set(id, born.get(id) ?? now.getTime());
        return services.filter(({ id }) => now.getTime() - (born.get(id) ?? 0) >= 4 * minuteMs);
      },
    });

    await world.live(10);

    expect(namesIn(world)).toEqual([name]);
    expect(await stored(world)).toMatchObject({ gradientServiceId: world.gradient.services[0]?.id, refusal: null });
  });

  it("ever is created anew once the hub has put it with another name, and with nothing else", async () => {
    const lost = { count: 1 };
    const world = await aWorld({
      meanwhile: ({ services }) => {
        if (lost.count-- > 0) services.pop();
      },
    });
    await hours(world, 24);
    expect(namesIn(world)).toEqual([]);

    await putService(world.common)({ id: "mail", record: aServiceRecord({ name, description: "Another one." }) });
    await world.work();
    expect(namesIn(world)).toEqual([]);
    expect(await stored(world)).toMatchObject({ refusal: { tries: 1 } });

    await putService(world.common)({ id: "mail", record: aServiceRecord({ name: "Mailbox" }) });
    await world.work();
    expect(namesIn(world)).toEqual(["Mailbox"]);
    expect(await stored(world)).toMatchObject({ gradientName: "Mailbox", unseenSince: null, refusal: null });
  });
});
