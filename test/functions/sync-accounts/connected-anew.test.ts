import { describe, expect, it } from "vitest";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { AppError } from "#shared/errors";
import { connectedWorld } from "#test/builders/connected-world";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";
import { silentGradient } from "#test/fakes/silent-gradient";

const refused = new AppError("upstream", "gradient.refused", "no such name");

/** Three customers, all mapped, and a schedule whose next date is weeks away. */
const activeWorld = async (through: (gradient: InMemoryGradient) => InMemoryGradient = (gradient) => gradient) => {
  const world = await connectedWorld(["a", "b", "c"], through);
  world.map(["a", "b", "c"]);
  await world.live(2);
  await putSchedule(world.common)({
    partnerId: world.partnerId,
    schedule: { frequency: "month-end", hour: 2, timeZone: "UTC", pausedUntil: null },
    by: world.by,
  });
  expect(await world.integration()).toMatchObject({ state: "active", mapping: { accounts: { mapped: 3 } } });
  return world;
};

/** Disconnects in Gradient and connects again there under the same id, with another key. */
const connectAnew = (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("not connected");
  world.gradient.disconnect(world.token);
  organization.mappedServices.clear();
  organization.token = "gradient-partner-token-0002" as typeof world.token;
  return { token: organization.token, organization };
};

const whatIsShown = async (world: ServiceWorld) => {
  const { status, accounts, services, unmapped } = await readMapping(world)(world.partnerId);
  return { status, accounts: accounts.mapped, services: services.mapped, unmapped: unmapped.accounts.length };
};
const nothingMapped = { status: "waiting", accounts: 0, services: 0, unmapped: 3 };
const allMapped = { status: "complete", accounts: 3, services: 2, unmapped: 0 };

describe("a partner that is disconnected in Gradient and connected there anew, with the same connection's id", () => {
  it.each([
    ["Gradient tells which accounts are mapped", (gradient: InMemoryGradient) => gradient],
    ["only counts tell", silentGradient],
  ])("has its counts sent by itself once it has mapped again, where %s", async (_, through) => {
    const world = await activeWorld(through);
    const { token, organization } = connectAnew(world);

    await world.register({ partnerId: world.partnerId, text: token, by: world.by });
    expect(await whatIsShown(world)).toEqual(nothingMapped);
    await world.work();
    await world.live(5);
    expect(organization.counts.size).toBe(0);
    expect(await whatIsShown(world)).toEqual(nothingMapped);
    expect(await world.integration()).toMatchObject({
      state: "active",
      mapping: { accounts: { total: 3, mapped: 0 } },
    });

    for (const id of ["a", "b", "c"]) world.gradient.mapAccount(token, id);
    for (const { id } of world.gradient.services) world.gradient.mapService(token, id);
    await world.live(15);

    const held = [...organization.counts].flatMap(([account, counts]) => [...counts.values()].map((n) => [account, n]));
    expect(held.toSorted()).toEqual(
      ["a", "b", "c"]
        .flatMap((id) => [
          [id, 0],
          [id, 10],
        ])
        .toSorted(),
    );
    expect(await whatIsShown(world)).toEqual(allMapped);
  });

  it("is not sent all its lines at every look while it maps", async () => {
    const world = await activeWorld();
    const { token } = connectAnew(world);
    await world.register({ partnerId: world.partnerId, text: token, by: world.by });
    await world.work();
    await world.live(1);
    const before = world.gradient.countsReceived.length;
    world.gradient.mapAccount(token, "a");

    await world.live(10);

    // two services, one count each, at each of ten looks
    expect(world.gradient.countsReceived.length - before).toBeLessThanOrEqual(20);
  });
});

describe("accounts that Gradient has lost", () => {
  const lose = ({ gradient, token }: ServiceWorld, id: string) => gradient.organizationOf(token)?.accounts.delete(id);

  it("are created again, and everything is sent anew: what was accepted before proves nothing", async () => {
    const world = await activeWorld();
    const { proofGen } = await world.integration();
    lose(world, "b");
    world.gradient.organizationOf(world.token)?.counts.clear();

    await world.sync({ partnerId: world.partnerId, reason: "watch" });

    expect(await world.integration()).toMatchObject({
      proofGen: proofGen + 2,
      looks: { isCreatingAgain: false },
      mapping: { accounts: { total: 3, mapped: 2 } },
    });
    await world.live(2);
    expect(Object.keys(await world.counts()).toSorted()).toEqual(["a/dns", "a/sig", "c/dns", "c/sig"]);
  });

  it("are no news where they never were: a new customer has nobody's counts sent again", async () => {
    const world = await activeWorld();
    const { proofGen } = await world.integration();
    await world.addCustomer("n");

    await world.sync({ partnerId: world.partnerId, reason: "feed" });

    expect(world.gradient.organizationOf(world.token)?.accounts.has("n")).toBe(true);
    expect((await world.integration()).proofGen).toBe(proofGen);
  });

  it("are unproven as well when the worker dies between the two, whoever goes on", async () => {
    const world = await activeWorld();
    const { proofGen } = await world.integration();
    lose(world, "b");
    world.gradient.failNext("createAccounts", { error: new Error("killed") }, { lands: true });
    await expect(world.sync({ partnerId: world.partnerId, reason: "watch" })).rejects.toThrow("killed");
    expect(await world.integration()).toMatchObject({ proofGen: proofGen + 1, looks: { isCreatingAgain: true } });

    await world.live(3);

    expect(await world.integration()).toMatchObject({ proofGen: proofGen + 2, looks: { isCreatingAgain: false } });
    const last = world.gradient.countsReceived.slice(-6).map(({ accountId }) => accountId);
    expect(last.toSorted()).toEqual(["a", "a", "b", "b", "c", "c"]);
  });

  it("and that Gradient refuses to create again raise the floor once, not at every look", async () => {
    const world = await activeWorld((gradient) => ({
      ...gradient,
      createAccounts: async (token, accounts) => {
        if (accounts.some(({ id }) => id === "poison")) throw refused;
        await gradient.createAccounts(token, accounts);
      },
    }));
    const { proofGen } = await world.integration();
    await world.addCustomer("poison");

    for (let look = 0; look < 3; look += 1) await world.sync({ partnerId: world.partnerId, reason: "feed" });

    expect((await world.integration()).proofGen).toBe(proofGen);
  });
});

it.each([
  ["Gradient tells which accounts are mapped", (gradient: InMemoryGradient) => gradient],
  ["only counts tell", silentGradient],
])(
  "a partner whose key leads to another connection, and back, has its counts sent there, where %s",
  async (_, through) => {
    const world = await activeWorld(through);
    const organization = world.gradient.organizationOf(world.token);
    if (!organization) throw new Error("not connected");
    const { connection } = organization;
    const first = connection.integrationId;
    const before = await world.counts();
    for (const integrationId of ["connection-b", first]) {
      Object.assign(connection, { integrationId });
      organization.counts.clear();
      await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
      await world.work();
      await world.live(90);
    }
    await world.live(24 * 60);

    expect(await world.integration()).toMatchObject({ state: "active", gradient: { integrationId: first } });
    expect(await world.counts()).toEqual(before);
    expect(Object.keys(before)).toHaveLength(6);
  },
);
