import { describe, expect, it } from "vitest";
import { putService } from "#functions/put-service/put-service";
import { claimedForMs } from "#functions/sync-catalogue/create-services";
import type { Refusals } from "#shared/breakers/refusals";
import { AppError } from "#shared/errors";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { listServices } from "#shared/services/hub-service";
import { connectedWorld } from "#test/builders/connected-world";
import { aServiceRecord } from "#test/builders/service";
import { owedTasks, rowsOf } from "#test/builders/table";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A connected partner, and one service that is not in Gradient yet. */
const aWorld = async (options: Parameters<typeof serviceWorld>[0] = {}) => {
  const world = serviceWorld(options);
  await world.connect();
  await world.addService("dns");
  return world;
};
const namesIn = ({ gradient }: ServiceWorld) => gradient.services.map(({ name }) => name);
const stored = async ({ table }: ServiceWorld, id: string) => (await listServices(table)).find((one) => one.id === id);

/** Another partner, which is like the one there is. */
const anotherPartner = async ({ table, partnerId }: ServiceWorld, other: string, over: object = {}) => {
  const mine = await table.get({ pk: `partner#${partnerId}`, sk: "integration" });
  await table.put({ ...mine, ...over, pk: `partner#${other}`, sk: "integration", partnerId: other, version: 1 });
};

/** Refuses services of this name. */
const refusing =
  (name: string) =>
  (gradient: InMemoryGradient): InMemoryGradient => ({
    ...gradient,
    createService: async (token, service) => {
      if (service.name === name) throw new AppError("upstream", "gradient.refused", "Gradient refused: bad name");
      await gradient.createService(token, service);
    },
  });

describe("a service of the catalogue", () => {
  it("is in Gradient within a minute after the feed has put it", async () => {
    const world = await connectedWorld(["a"]);
    await putService(world.common)({ id: "mdr", record: aServiceRecord({ name: "MDR" }) });
    expect(owedTasks(world.table)).toEqual([{ kind: "sync-catalogue" }]);

    await world.work();

    expect(namesIn(world)).toEqual(["Service dns", "Service sig", "MDR"]);
    expect(await stored(world, "mdr")).toMatchObject({ gradientServiceId: world.gradient.services[2]?.id });
  });

  it("of many is left to the next minute before the time is up, however slow Gradient is; one comes each time", async () => {
    const world = serviceWorld({
      through: (gradient) => ({
        ...gradient,
        createService: async (token, service) => {
          await world.clock.sleep(15_000);
          await gradient.createService(token, service);
        },
      }),
    });
    await world.connect();
    for (const id of ["dns", "sig", "mdr", "edr", "xdr"]) await world.addService(id);
    /** What it has created within this time, and what it has left of that. */
    const round = async (givenMs: number) => {
      const end = world.clock.now() + givenMs;
      const { created } = await world.clock.settle(world.catalogue({ remainingMs: () => end - world.clock.now() }));
      return { created, leftMs: end - world.clock.now() };
    };

    expect(await round(60_000)).toEqual({ created: 2, leftMs: 30_000 });
    expect(await round(20_000)).toEqual({ created: 1, leftMs: 5_000 });
    expect(await round(60_000)).toEqual({ created: 2, leftMs: 30_000 });
    expect(namesIn(world)).toHaveLength(5);
  });

  it("waits for the first partner, and comes with it", async () => {
    const world = serviceWorld();
    await world.addService("dns");
    expect(await world.catalogue()).toEqual({ created: 0, refused: 0 });

    await world.connect();

    expect(namesIn(world)).toEqual(["Service dns"]);
  });

  it("is created once, also by two workers at the same time", async () => {
    const world = await aWorld();

    await Promise.all([world.catalogue(), world.catalogue()]);
    await world.pass(claimedForMs + 1);
    await world.catalogue();

    expect(namesIn(world)).toEqual(["Service dns"]);
  });

  it("is taken over by name the first time, whatever Gradient does to spaces, and by the stored id from then on", async () => {
    const world = await aWorld();
    world.gradient.services.push({ id: "theirs", name: " Service dns" });
    await world.catalogue();
    world.gradient.services[0] = { id: "theirs", name: "Renamed in Gradient" };

    await world.catalogue();

    expect(await stored(world, "dns")).toMatchObject({ gradientServiceId: "theirs" });
    expect(world.gradient.services).toHaveLength(1);
  });

  it("is never matched to what another one is bound to, also by two workers at the same time", async () => {
    const world = await aWorld();
    const row = rowsOf(world.table, "catalogue", "service#")[0];
    await world.table.put({ ...row, pk: "catalogue", sk: "service#dns2", id: "dns2", version: 1 });
    world.gradient.services.push({ id: "theirs", name: "Service dns" });

    await Promise.all([world.catalogue(), world.catalogue()]);
    await world.live(2);

    const ids = (await listServices(world.table)).map(({ gradientServiceId }) => gradientServiceId);
    expect(new Set(ids).size).toBe(2);
    expect(ids.toSorted()).toEqual(world.gradient.services.map(({ id }) => id).toSorted());
  });

  it("costs no call while it is there", async () => {
    const world = await aWorld();
    await world.catalogue();
    world.gradient.failNext("readServices", { error: new Error("nothing to ask") });

    expect(await world.catalogue()).toEqual({ created: 0, refused: 0 });
  });
});

describe("a service that Gradient refuses", () => {
  it("harms nobody: others are created, partners get their accounts, and Next opens", async () => {
    const world = serviceWorld({ through: refusing("Service dns") });
    for (const id of ["dns", "sig", "zzz"]) await world.addService(id);
    await world.addCustomer("a");
    await world.setUsage("a", { dns: 1, sig: 2 });
    await world.connect();

    expect(namesIn(world)).toEqual(["Service sig", "Service zzz"]);
    expect([...(world.gradient.organizationOf(world.token)?.accounts.keys() ?? [])]).toEqual(["a"]);
    world.map(["a"]);
    await world.live(2);

    expect(await world.integration()).toMatchObject({ state: "active" });
    expect(await world.counts()).toEqual({ "a/sig": 2 });
  });

  it("keeps Gradient's words, and is tried again ever later", async () => {
    const world = await aWorld({ through: refusing("Service dns") });
    const retryIn = async () => {
      const { refusal } = (await stored(world, "dns")) ?? {};
      return (Date.parse(refusal?.retryAt ?? "") - world.clock.now()) / 60_000;
    };

    expect(await world.catalogue()).toEqual({ created: 0, refused: 1 });
    expect(await stored(world, "dns")).toMatchObject({
      gradientServiceId: null,
      createdUntil: null,
      refusal: { words: "Gradient refused: bad name", tries: 1 },
    });
    expect(await retryIn()).toBe(1);
    expect(await world.catalogue()).toEqual({ created: 0, refused: 0 });
    await world.pass(60_000);
    await world.catalogue();
    expect(await retryIn()).toBe(5);
  });

  it("is tried at once when the feed has changed it", async () => {
    const world = await aWorld({ through: refusing("Service dns") });
    await world.catalogue();

    await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS filter" }) });
    await world.work();

    expect(namesIn(world)).toEqual(["DNS filter"]);
    expect(await stored(world, "dns")).toMatchObject({ refusal: null });
  });

  it("as a conflict is looked for first: it may be there already", async () => {
    const world = await aWorld();
    const conflict = { error: new AppError("conflict", "gradient.conflict", "exists") };
    world.gradient.failNext("createService", conflict, { lands: true });

    expect(await world.catalogue()).toEqual({ created: 1, refused: 0 });

    expect(namesIn(world)).toEqual(["Service dns"]);
  });

  it("as a conflict with nothing of its name is a refusal", async () => {
    const world = await aWorld();
    world.gradient.failNext("createService", { error: new AppError("conflict", "gradient.conflict", "exists") });

    expect(await world.catalogue()).toEqual({ created: 0, refused: 1 });
  });
});

describe("a service that is described otherwise", () => {
  it("keeps what Gradient was told when it was created there", async () => {
    const world = await aWorld();
    const description = (await stored(world, "dns"))?.description;
    await world.catalogue();
    await putService(world.common)({
      id: "dns",
      record: aServiceRecord({ name: "Service dns", description: "Another one." }),
    });

    expect(await stored(world, "dns")).toMatchObject({ description: "Another one.", gradientDescription: description });
  });
});

describe("a service of Gradient's that cannot be read", () => {
  const beside = (side: { hides: boolean }) => (gradient: InMemoryGradient) => ({
    ...gradient,
    readServices: async (token: Parameters<InMemoryGradient["readServices"]>[0]) => {
      const shown = await gradient.readServices(token);
      return side.hides ? shown.map(({ id }) => ({ id, name: "" })) : [...shown, { id: "legacy", name: "" }];
    },
  });

  it("keeps no other from being created", async () => {
    const world = await aWorld({ through: beside({ hides: false }) });
    expect(await world.catalogue()).toEqual({ created: 1, refused: 0 });
  });

  it.each([
    ["was just created", 0],
    ["a call without an answer has created", 1],
  ])("may be one that %s, which is not created again, and is bound once it can be read", async (_, times) => {
    const side = { hides: true };
    const world = await aWorld({ through: beside(side) });
    world.gradient.failNext("createService", { error: gradientUnavailable("may-land") }, { times, lands: true });
    await world.catalogue();
    await world.live(60);
    expect(namesIn(world)).toEqual(["Service dns"]);

    side.hides = false;
    await world.live(60);
    expect(namesIn(world)).toEqual(["Service dns"]);
    expect(await stored(world, "dns")).toMatchObject({
      gradientServiceId: world.gradient.services[0]?.id,
      gradientName: "Service dns",
    });
  });
});

describe("a service that is renamed", () => {
  it("while a call that creates it is without an answer is found under its old name, and not created twice", async () => {
    const world = await aWorld();
    world.gradient.failNext("createService", { error: gradientUnavailable("may-land") }, { lands: true });
    await world.catalogue();

    await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS filter" }) });
    await world.live(3);

    expect(namesIn(world)).toEqual(["Service dns"]);
    expect(await stored(world, "dns")).toMatchObject({
      name: "DNS filter",
      gradientName: "Service dns",
      gradientServiceId: world.gradient.services[0]?.id,
    });
  });

  it("and was bound is never matched to another that takes a name of Gradient's", async () => {
    const world = await aWorld();
    await world.catalogue();
    await putService(world.common)({ id: "dns", record: aServiceRecord({ name: "DNS filter" }) });
    const record = aServiceRecord({ name: "Service dns" });

    await expect(putService(world.common)({ id: "other", record })).rejects.toMatchObject({
      code: "service.name-taken",
    });
  });
});

describe("creating a service when Gradient fails", () => {
  it("is done again after an answer that it was not", async () => {
    const world = await aWorld();
    await world.addService("sig");
    world.gradient.failNext("createService", { error: gradientUnavailable("over") });

    await world.catalogue();
    expect(namesIn(world)).toEqual([]);
    await world.live(2);

    expect(namesIn(world).toSorted()).toEqual(["Service dns", "Service sig"]);
  });

  it("keeps no other service back that Gradient would take", async () => {
    const failing = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      createService: async (token, service) => {
        if (service.name === "Service dns") throw gradientUnavailable("over");
        await gradient.createService(token, service);
      },
    });
    const world = await aWorld({ through: failing });
    await world.addService("sig");

    await world.live(2);

    expect(namesIn(world)).toEqual(["Service sig"]);
  });

  it("finds it when only the answer was lost, and does not create it twice", async () => {
    const world = await aWorld();
    world.gradient.failNext("createService", { error: gradientUnavailable("may-land") }, { lands: true });

    await world.catalogue();
    await world.live(3);

    expect(namesIn(world)).toEqual(["Service dns"]);
    expect(await stored(world, "dns")).toMatchObject({ gradientServiceId: world.gradient.services[0]?.id });
  });

  it("waits for a call without an answer for as long as it may land before it creates again", async () => {
    const world = await aWorld();
    world.gradient.failNext("createService", { error: gradientUnavailable("may-land") });
    await world.catalogue();

    await world.pass(claimedForMs - 1_000);
    await world.catalogue();
    expect(namesIn(world)).toEqual([]);
    await world.pass(1_000);
    await world.catalogue();
    expect(namesIn(world)).toEqual(["Service dns"]);
  });

  it("goes on after a worker that died", async () => {
    const world = await aWorld();
    world.gradient.failNext("createService", { error: new Error("killed") });
    await expect(world.catalogue()).rejects.toThrow("killed");

    await world.pass(claimedForMs + 1);
    await world.catalogue();

    expect(namesIn(world)).toEqual(["Service dns"]);
  });
});

describe("the key that it is created with", () => {
  it("is another partner's when the first one's is refused, and whoever decides on that is told", async () => {
    const refused: string[] = [];
    const refusals: Refusals = {
      obstacleFor: async () => null,
      note: async () => undefined,
      confirm: async ({ partnerId }) => {
        refused.push(partnerId);
        return "refused";
      },
      forbid: async () => undefined,
    };
    const world = await aWorld({ refusals });
    await anotherPartner(world, "org-2");
    world.gradient.failNext("readServices", { error: new AppError("forbidden", "gradient.token-rejected", "401") });

    expect(await world.catalogue()).toEqual({ created: 1, refused: 0 });

    expect(refused).toHaveLength(1);
  });

  it.each([
    [
      "secret is missing",
      async (world: ServiceWorld, token: object) => {
        const gone = { token: { ...token, secretName: "p/gone", versionId: "gone" } };
        await anotherPartner(world, "org-0", gone);
      },
    ],
    [
      "vendor cannot be read",
      async (world: ServiceWorld) => {
        const error = new AppError("upstream", "gradient.refused", "404: no such organization");
        world.gradient.failNext("readServices", { error });
        await anotherPartner(world, "org-2");
      },
    ],
  ])("is another partner's when the first one's %s", async (_, happens) => {
    const world = await aWorld();
    await happens(world, (await world.integration()).token ?? {});

    expect(await world.catalogue()).toEqual({ created: 1, refused: 0 });

    expect(namesIn(world)).toEqual(["Service dns"]);
  });

  it("is none while everybody is held", async () => {
    const at = "2026-11-22T10:00:00.000Z";
    const obstacle = { scope: "vendor", why: "gradient-down", since: at, retryAt: at } as const;
    const gradient: { isDown: boolean } = { isDown: false };
    const refusals: Refusals = {
      obstacleFor: async () => (gradient.isDown ? obstacle : null),
      note: async () => undefined,
      confirm: async () => "doubted",
      forbid: async () => undefined,
    };
    const world = await aWorld({ refusals });
    gradient.isDown = true;
    world.gradient.failNext("readServices", { error: new Error("no call may go out") });

    expect(await world.catalogue()).toEqual({ created: 0, refused: 0 });
  });
});
