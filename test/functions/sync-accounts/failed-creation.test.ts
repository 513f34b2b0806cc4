import { describe, expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { findCustomer } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { activeWorld, connectedWorld } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import { printedBy } from "#test/builders/stdout";
import type { ServiceWorld } from "#test/fakes/service-world";

const minuteMs = 60_000;
const down = { error: new AppError("unavailable", "gradient.unavailable", "down") };
const feed = (world: ServiceWorld, ...ids: string[]) =>
  recordCustomers(world.common)({
    partnerId: world.partnerId,
    customers: ids.map((id) => aCustomerRecord({ id })),
  });
const accountsOf = (world: ServiceWorld) => [...(world.gradient.organizationOf(world.token)?.accounts.keys() ?? [])];

describe("accounts that could not be created", () => {
  it("are no accounts that are gone: the first ones are created at the next look, and nobody is suspended", async () => {
    const world = await connectedWorld([]);
    await world.live(3);
    await feed(world, "x");
    world.gradient.failNext("createAccounts", down);

    await world.live(1);
    expect(accountsOf(world)).toEqual([]);
    await world.live(10);

    expect(accountsOf(world)).toEqual(["x"]);
    expect(await world.integration()).toMatchObject({
      state: "awaiting-mapping",
      problems: [],
      looks: { suspectedSince: null },
    });
  });

  it("leave what was accepted on the others its proof, however often they fail", async () => {
    const world = await activeWorld(["a", "b", "c"]);
    const before = await world.integration();
    const received = world.gradient.countsReceived.length;
    await feed(world, "x");
    world.gradient.failNext("createAccounts", down, { times: 3 });

    await world.live(40);

    expect(accountsOf(world)).toContain("x");
    expect(await world.integration()).toMatchObject({
      proofGen: before.proofGen,
      mapping: { mappedServiceIds: before.mapping.mappedServiceIds },
    });
    expect(world.gradient.countsReceived).toHaveLength(received);
  });

  it("again after they were lost have the others' counts sent again once, however many days it fails", async () => {
    const world = await activeWorld(["a", "b", "c"]);
    world.gradient.organizationOf(world.token)?.accounts.delete("b");
    world.gradient.failNext("createAccounts", down, { times: 1_000 });
    const perDay: number[] = [];
    const gens: number[] = [];
    for (let day = 0; day < 3; day += 1) {
      const before = world.gradient.countsReceived.filter(({ accountId }) => accountId !== "b").length;
      for (let hour = 0; hour < 24; hour += 1) {
        await world.pass(58 * minuteMs);
        await world.live(2);
      }
      perDay.push(world.gradient.countsReceived.filter(({ accountId }) => accountId !== "b").length - before);
      gens.push((await world.integration()).proofGen);
    }

    // two services of two customers
    expect(perDay.reduce((all, one) => all + one, 0)).toBeLessThanOrEqual(4);
    // with the loss, and once more when the account is put off and the look goes on without it
    expect(gens.at(1)).toBeLessThanOrEqual((gens.at(0) ?? 0) + 1);
    expect(gens.at(2)).toBe(gens.at(1));
  });

  it("but were taken without an answer are found in the list, and count as gone when they are missing after that", async () => {
    const world = await activeWorld(["a"]);
    await feed(world, "x");
    world.gradient.failNext("createAccounts", down, { lands: true });
    await world.live(3);
    expect(await findCustomer(world.table, world.partnerId, "x")).toMatchObject({ accountSince: expect.any(String) });
    const { proofGen } = await world.integration();

    world.gradient.organizationOf(world.token)?.accounts.delete("x");
    await world.sync({ partnerId: world.partnerId, reason: "watch" });

    expect((await world.integration()).proofGen).toBeGreaterThan(proofGen);
  });
});

describe("an account that Gradient fails on whenever it gets it", () => {
  const worldWith = async (...ids: string[]) => {
    const side = { isOdd: true, tries: 0 };
    const world = await activeWorld(["a"], {
      through: (gradient) => ({
        ...gradient,
        createAccounts: async (token, accounts) => {
          side.tries += 1;
          if (side.isOdd && accounts.some(({ id }) => id === "odd")) throw gradientUnavailable("over");
          return gradient.createAccounts(token, accounts);
        },
      }),
    });
    await feed(world, ...ids);
    return { world, side };
  };

  it("keeps no other out, is told on the page, costs no calls for a day, and is tried again then", async () => {
    const { world, side } = await worldWith("x", "odd", "y");
    await world.live(3);

    expect(accountsOf(world).toSorted()).toEqual(["a", "x", "y"]);
    expect(await findCustomer(world.table, world.partnerId, "odd")).toMatchObject({
      accountSince: null,
      refusal: { words: expect.stringContaining("fails") },
    });
    expect(await world.integration()).toMatchObject({
      problems: [{ code: "accounts.refused" }],
      looks: { failures: 0, changesFailed: 0 },
    });
    const { tries } = side;
    await world.live(30);
    expect(side.tries).toBe(tries);

    await world.pass(24 * 60 * minuteMs);
    await world.live(2);
    expect(side.tries).toBe(tries + 1);
    expect((await world.integration()).problems).toHaveLength(1);

    side.isOdd = false;
    await world.pass(25 * 60 * minuteMs);
    await world.live(2);
    expect(accountsOf(world)).toContain("odd");
    expect((await world.integration()).problems).toEqual([]);
  });

  it("alone among what is sent: its partner's page tells after some looks, and looks go on after some hours", async () => {
    const { world } = await worldWith("odd");
    const before = (await world.integration()).mapping.lastCheckedAt;
    const printed = await printedBy(() => world.live(30));
    expect((await world.integration()).problems).toMatchObject([{ code: "accounts.refused" }]);
    expect(printed.match(/"level":"ERROR"/g)).toHaveLength(1);

    await world.live(8 * 60);
    const { mapping, problems } = await world.integration();
    expect(mapping.lastCheckedAt).not.toBe(before);
    expect(problems).toMatchObject([{ code: "accounts.refused" }]);
  });
});

it("accounts that were created, and that no list has shown yet, count as gone when the next list lacks them", async () => {
  const world = await activeWorld(["a"]);
  await feed(world, "x");
  await world.work();
  expect(accountsOf(world)).toEqual(["a", "x"]);
  const { proofGen } = await world.integration();

  world.gradient.organizationOf(world.token)?.accounts.delete("x");
  await world.sync({ partnerId: world.partnerId, reason: "watch" });

  expect((await world.integration()).proofGen).toBeGreaterThan(proofGen);
});
