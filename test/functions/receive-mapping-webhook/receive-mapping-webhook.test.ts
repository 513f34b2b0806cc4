import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const waitingWorld = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  for (const id of ["a", "b"]) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  return world;
};

const aBody = async (world: ServiceWorld, organizationId?: string) => ({
  type: "mapping.completed",
  timestamp: "2026-11-22T10:00:00Z",
  data: {
    organizationId: organizationId ?? (await world.integration()).gradient?.organizationId ?? "",
    integrationId: "any",
  },
});
const deliver = (world: ServiceWorld, body: unknown, id = "msg_1") =>
  receiveMappingWebhook(world.common)({ id, body, address: "192.0.2.1" });

/** All that the outside can see of a partner's state, without what counts up or names a moment or an id. */
const stateOf = async (world: ServiceWorld) => {
  const { state, mapping, lastExport, problems } = await world.integration();
  const { accounts, services, mappedServiceIds } = mapping;
  return {
    state,
    accounts,
    services,
    mappedServiceIds,
    outcome: lastExport?.outcome,
    problems,
    held: await world.counts(),
  };
};

describe("a report that mapping is complete", () => {
  it("has Gradient asked, once", async () => {
    const world = await waitingWorld();
    const body = await aBody(world);

    expect(await deliver(world, body)).toBe("accepted");
    expect(await deliver(world, body)).toBe("repeat");

    expect(owedTasks(world.table)).toEqual([{ kind: "sync-accounts", partnerId: world.partnerId, reason: "webhook" }]);
    expect(rowsOf(world.table, "partner#org-1", "event#")).toContainEqual(
      expect.objectContaining({ type: "mapping.reported", actor: "gradient", address: "192.0.2.1" }),
    );
  });

  it("has one effect when it comes twice at the same time", async () => {
    const world = await waitingWorld();
    const body = await aBody(world);

    const outcomes = await Promise.all([deliver(world, body), deliver(world, body)]);

    expect(outcomes.sort()).toEqual(["accepted", "repeat"]);
    expect(owedTasks(world.table)).toHaveLength(1);
  });

  it("is remembered for eight days", async () => {
    const world = await waitingWorld();
    await deliver(world, await aBody(world));

    expect(rowsOf(world.table, "webhook#msg_1")).toMatchObject([
      { expiresAt: Date.parse("2026-11-30T10:00:00Z") / 1000 },
    ]);
  });

  it("is believed only once Gradient has accepted a count", async () => {
    const world = await waitingWorld();

    await deliver(world, await aBody(world));
    await world.work();

    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
    expect(world.gradient.countsReceived).toEqual([]);
  });

  it("leads to the same state as watching alone", async () => {
    const told = await waitingWorld();
    told.map(["a"]);
    await deliver(told, await aBody(told));
    await told.work();

    const watched = await waitingWorld();
    watched.map(["a"]);
    await watched.live(1);

    expect(await stateOf(told)).toMatchObject({ state: "active", held: { "a/dns": 4 } });
    expect(await stateOf(watched)).toEqual(await stateOf(told));
  });

  it.each([
    ["another type", { type: "mapping.changed", data: { organizationId: "x" } }],
    ["no data", { type: "mapping.completed" }],
    ["no organization", { type: "mapping.completed", data: {} }],
    ["what is no JSON", undefined],
  ])("with %s is taken and has no effect", async (_, body) => {
    const world = await waitingWorld();
    const before = everyRow(world.table);

    expect(await deliver(world, body)).toBe("unknown-type");
    expect(everyRow(world.table)).toEqual(before);
  });

  it("of an unknown organization is taken and has no effect", async () => {
    const world = await waitingWorld();
    const before = everyRow(world.table);

    expect(await deliver(world, await aBody(world, "nobody's"))).toBe("unknown-organization");
    expect(everyRow(world.table)).toEqual(before);
  });

  it("after a disconnect has no effect", async () => {
    const world = await waitingWorld();
    const body = await aBody(world);
    await disconnectIntegration(world.common)(world);
    const before = everyRow(world.table);

    expect(await deliver(world, body)).toBe("unknown-organization");
    expect(everyRow(world.table)).toEqual(before);
  });

  it("while the token is refused has no effect, and is not used up", async () => {
    const world = await waitingWorld();
    const body = await aBody(world);
    world.gradient.regenerateKey(world.token);
    await world.sync({ partnerId: world.partnerId, reason: "check" });

    expect(await deliver(world, body)).toBe("not-waiting");
    expect(rowsOf(world.table, "webhook#msg_1")).toEqual([]);
  });
});
