import { describe, expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { findCustomer } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import { activeWorld, runsOf, schedule } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { GradientSide } from "#test/fakes/paced-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

const ids = ["a", "b", "c", "d", "e"];
// two services each
const lines = 2 * ids.length;

/** Gradient holds everything, and the schedule's next date is weeks away. */
const quietWorld = async (through: (gradient: InMemoryGradient) => GradientSide = (gradient) => gradient) => {
  const world = await activeWorld(ids, { through });
  await schedule(world, { frequency: "monthly", dayOfMonth: 20 });
  await world.live(3);
  return world;
};

const lose = (world: ServiceWorld, ...lost: string[]) => {
  const organization = world.gradient.organizationOf(world.token);
  for (const id of lost) {
    organization?.accounts.delete(id);
    organization?.counts.delete(id);
  }
};
const look = (world: ServiceWorld) => world.sync({ partnerId: world.partnerId, reason: "check" });
const customerB = (world: ServiceWorld) => findCustomer(world.table, world.partnerId, "b");
const isThere = (world: ServiceWorld, id: string) => world.gradient.organizationOf(world.token)?.accounts.has(id);

/** What so much life costs, from a look on. */
const costOf = async (world: ServiceWorld, minutes: number) => {
  const sent = world.gradient.countsReceived.length;
  const runs = (await runsOf(world)).length;
  const { proofGen } = await world.integration();
  await look(world);
  await world.live(minutes);
  return {
    counts: world.gradient.countsReceived.length - sent,
    runs: (await runsOf(world)).length - runs,
    raised: (await world.integration()).proofGen - proofGen,
  };
};

/** Takes counts and creations of `b` and `new`, and lists these only if it may. */
const hiding = (how: "taken" | "a conflict" = "taken") => {
  const hidden = { isOn: false };
  const tried: string[] = [];
  const through = (gradient: InMemoryGradient): GradientSide => ({
    ...gradient,
    readAccounts: async (token) =>
      (await gradient.readAccounts(token)).filter(({ id }) => !hidden.isOn || !["b", "new"].includes(id)),
    createAccounts: async (token, accounts) => {
      if (hidden.isOn) tried.push(...accounts.map(({ id }) => id));
      if (how === "taken") for (const { id } of accounts) gradient.organizationOf(token)?.accounts.delete(id);
      await gradient.createAccounts(token, accounts);
      for (const { id } of accounts) gradient.mapAccount(token, id);
    },
  });
  return { hidden, tried, through };
};

describe("an account that Gradient takes and does not list any more", () => {
  it.each(["taken", "a conflict"] as const)(
    "is lost once: everything is sent again, and not at every look; created again: %s",
    async (how) => {
      const { hidden, tried, through } = hiding(how);
      const world = await quietWorld(through);
      hidden.isOn = true;

      const { counts, runs, raised } = await costOf(world, 120);

      expect(counts).toBeGreaterThanOrEqual(lines);
      expect(counts).toBeLessThanOrEqual(3 * lines);
      expect(runs).toBeLessThanOrEqual(5);
      expect(raised).toBe(2);
      expect((await world.integration()).mapping.mappedServiceIds).toHaveLength(2);
      // tried again at the next look, as before
      const before = tried.length;
      if (how === "taken") await look(world);
      expect(tried.length).toBe(before + Number(how === "taken"));
    },
  );

  it("is lost once where it never was in the list", async () => {
    const { hidden, through } = hiding();
    const world = await quietWorld(through);
    hidden.isOn = true;
    await world.addCustomer("new");
    await world.setUsage("new", { dns: 10, sig: 0 });
    // the one that is lost besides has its loss noted before
    await costOf(world, 10);

    const { counts, runs } = await costOf(world, 120);

    expect(counts).toBeLessThanOrEqual(2 * lines);
    expect(runs).toBeLessThanOrEqual(5);
  });

  it("is lost once also where workers die at creating it", async () => {
    const { hidden, through } = hiding();
    const world = await quietWorld(through);
    hidden.isOn = true;
    const killed = { error: new Error("killed") };
    world.gradient.failNext("createAccounts", killed, { lands: true });
    await expect(look(world)).rejects.toThrow("killed");
    expect(await customerB(world)).toMatchObject({ unlistedSince: expect.any(String) });

    const { counts, raised } = await costOf(world, 120);

    expect(counts).toBeGreaterThanOrEqual(lines);
    expect(counts).toBeLessThanOrEqual(3 * lines);
    expect(raised).toBe(1);
  });

  it("is lost anew when it is missing after it has been listed again", async () => {
    const { hidden, through } = hiding();
    const world = await quietWorld(through);
    hidden.isOn = true;
    await costOf(world, 30);
    expect(await customerB(world)).toMatchObject({ unlistedSince: expect.any(String) });
    hidden.isOn = false;
    expect(await costOf(world, 30)).toMatchObject({ raised: 0 });
    expect(await customerB(world)).toMatchObject({ unlistedSince: null });
    hidden.isOn = true;

    expect(await costOf(world, 30)).toMatchObject({ raised: 2 });
  });
});

it("an account that is gone while Gradient refuses its new name is lost once in the day that it is put off", async () => {
  const refused = new AppError("upstream", "gradient.refused", "no such name");
  const world = await quietWorld((gradient) => ({
    ...gradient,
    changeAccounts: async (token, changes) => {
      if (changes.some(({ name }) => name === "Bad")) throw refused;
      await gradient.changeAccounts(token, changes);
    },
  }));
  const customers = [{ ...aCustomerRecord({ id: "b" }), name: "Bad" }];
  await recordCustomers(world.common)({ partnerId: world.partnerId, customers });
  await world.live(3);
  lose(world, "b");

  const { counts, runs, raised } = await costOf(world, 23 * 60);

  expect(isThere(world, "b")).toBe(false);
  expect(counts).toBeGreaterThanOrEqual(lines);
  expect(counts).toBeLessThanOrEqual(3 * lines);
  expect(runs).toBeLessThanOrEqual(5);
  expect(raised).toBe(2);
  await world.live(120);
  expect(isThere(world, "b")).toBe(true);
});

it.each([
  ["one", ["b"]],
  ["most", ["a", "b", "c", "d"]],
])("accounts that are deleted again and again are lost each time: %s", async (_, lost) => {
  const world = await quietWorld();
  const before = await world.counts();
  expect(Object.keys(before)).toHaveLength(lines);
  for (let time = 0; time < 3; time += 1) {
    lose(world, ...lost);
    // what is sent again is seen to be all of it
    world.gradient.organizationOf(world.token)?.counts.clear();

    expect(await costOf(world, 2)).toMatchObject({ raised: 2 });
    world.map(lost);
    await look(world);
    await world.live(20);

    expect(await world.counts()).toEqual(before);
  }
});
