import { describe, expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { connectedWorld, customersNamed } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

const feed = (world: ServiceWorld, ids: string[]) =>
  recordCustomers(world.common)({
    partnerId: world.partnerId,
    customers: ids.map((id) => aCustomerRecord({ id, name: `Customer ${id}` })),
  });
const accountsOf = (world: ServiceWorld) => world.gradient.organizationOf(world.token)?.accounts.size;

/** Counts the calls to Gradient, and the accounts in those that create. */
const counting = () => {
  const calls: string[] = [];
  const through = (gradient: InMemoryGradient): InMemoryGradient => ({
    ...gradient,
    readAccounts: (token) => {
      calls.push("list");
      return gradient.readAccounts(token);
    },
    createAccounts: (token, accounts) => {
      calls.push(`create ${accounts.length}`);
      return gradient.createAccounts(token, accounts);
    },
    changeAccounts: (token, changes) => {
      calls.push(`change ${changes.length}`);
      return gradient.changeAccounts(token, changes);
    },
  });
  return { calls, through };
};

describe("500 calls of the feed", () => {
  it("that come before a worker does are one look", async () => {
    const { calls, through } = counting();
    const world = await connectedWorld(["a"], through);
    calls.length = 0;

    for (const id of customersNamed(500)) await feed(world, [id]);
    await world.work();

    expect(calls).toEqual(["list", "create 500"]);
    expect(accountsOf(world)).toBe(501);
  });

  it("that go on while workers look are a handful of looks, and the last customer is in Gradient a minute later", async () => {
    const { calls, through } = counting();
    const feeding = { on: async () => undefined as unknown };
    const world = await connectedWorld(["a"], (gradient) => {
      const side = through(gradient);
      return {
        ...side,
        readAccounts: async (token) => {
          const accounts = await side.readAccounts(token);
          // a hundred calls of the feed come while Gradient answers
          await feeding.on();
          return accounts;
        },
      };
    });
    calls.length = 0;
    const left = customersNamed(500);
    feeding.on = async () => {
      for (const id of left.splice(0, 100)) await feed(world, [id]);
    };
    await feed(world, ["first"]);

    await world.work();
    await world.live(1);

    expect(left).toEqual([]);
    expect(accountsOf(world)).toBe(502);
    expect(calls.filter((call) => call === "list").length).toBeLessThanOrEqual(8);
  });
});

it("20,000 customers are 41 calls, one row each, and nothing is written for them by a look that only confirms", async () => {
  const { calls, through } = counting();
  const ids = customersNamed(20_000);
  const world = await connectedWorld(["a"], through);
  for (let from = 0; from < ids.length; from += 500) await feed(world, ids.slice(from, from + 500));
  calls.length = 0;
  const writes = { customers: 0 };
  const { put } = world.table;
  world.table.put = (item, expectation) => {
    writes.customers += Number(item.sk.startsWith("customer#"));
    return put(item, expectation);
  };

  await world.sync({ partnerId: world.partnerId, reason: "watch" });
  expect(calls).toEqual(["list", ...Array.from({ length: 40 }, () => "create 500")]);
  expect(writes.customers).toBeLessThanOrEqual(20_001);

  // Gradient tells of each that it is not mapped yet
  await world.sync({ partnerId: world.partnerId, reason: "watch" });
  expect(writes.customers).toBeLessThanOrEqual(2 * 20_001);
  const before = writes.customers;
  await world.sync({ partnerId: world.partnerId, reason: "watch" });
  expect(writes.customers).toBe(before);
}, 60_000);
