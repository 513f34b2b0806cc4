import { describe, expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { findCustomer } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import { activeWorld, customersNamed, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import { printedBy } from "#test/builders/stdout";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const feed = (world: ServiceWorld, ...customers: { id: string; name: string }[]) =>
  recordCustomers(world.common)({ partnerId: world.partnerId, customers: customers.map(aCustomerRecord) });
const namesIn = (world: ServiceWorld) =>
  Object.fromEntries(
    [...(world.gradient.organizationOf(world.token)?.accounts ?? [])].map(([id, { name }]) => [id, name]),
  );
const customerOf = (world: ServiceWorld, id: string) => findCustomer(world.table, world.partnerId, id);

/** Counts calls, and changes what goes in or out. */
const between = (over: (gradient: InMemoryGradient) => Partial<InMemoryGradient>) => {
  const calls = { create: 0, change: 0 };
  const through = (gradient: InMemoryGradient): InMemoryGradient => {
    const side = { ...gradient, ...over(gradient) };
    return {
      ...side,
      createAccounts: (token, accounts) => {
        calls.create += 1;
        return side.createAccounts(token, accounts);
      },
      changeAccounts: (token, changes) => {
        calls.change += 1;
        return side.changeAccounts(token, changes);
      },
    };
  };
  return { calls, through };
};
const refusing = (isRefused: (name: string) => boolean) =>
  between((gradient) => ({
    createAccounts: async (token, accounts) => {
      if (accounts.some(({ name }) => isRefused(name))) throw new AppError("upstream", "gradient.refused", "bad name");
      await gradient.createAccounts(token, accounts);
    },
    changeAccounts: async (token, changes) => {
      const isBad = changes.some(({ name }) => name !== undefined && isRefused(name));
      if (isBad) throw new AppError("conflict", "gradient.conflict", "That name is taken");
      await gradient.changeAccounts(token, changes);
    },
  }));

describe("a name that Gradient changes", () => {
  it("is not sent for ever, and a name that the hub gives later is", async () => {
    const { calls, through } = between((gradient) => ({
      readAccounts: async (token) =>
        (await gradient.readAccounts(token)).map((account) => ({ ...account, name: account.name.replace(/ +/g, " ") })),
    }));
    const world = await activeWorld(["a"], { through });
    await feed(world, { id: "a", name: "Two  blanks" });
    await world.live(3);
    expect(calls.change).toBe(1);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    expect(calls.change).toBe(1);

    await feed(world, { id: "a", name: "One blank" });
    await world.live(1);
    await feed(world, { id: "a", name: "Two  blanks" });
    await world.live(1);

    expect(calls.change).toBe(3);
    expect(namesIn(world)).toEqual({ a: "Two  blanks" });
  });

  it("is sent again when the feed changes it while the change before is on its way", async () => {
    let hears = async (): Promise<unknown> => undefined;
    const { through } = between((gradient) => ({
      changeAccounts: async (token, changes) => {
        await hears();
        await gradient.changeAccounts(token, changes);
      },
    }));
    const world = await activeWorld(["a"], { through });
    await feed(world, { id: "a", name: "First" });
    hears = async () => {
      hears = async () => undefined;
      await feed(world, { id: "a", name: "Second" });
    };

    await world.live(3);

    expect(namesIn(world)).toEqual({ a: "Second" });
    expect(await customerOf(world, "a")).toMatchObject({ renamed: { to: "Second" } });
  });

  it("is put right when somebody has changed it in Gradient since", async () => {
    const world = await activeWorld(["a"]);
    await feed(world, { id: "a", name: "Ours" });
    await world.live(2);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    await world.gradient.changeAccounts(world.token, [{ id: "a", name: "Theirs" }]);

    await world.sync({ partnerId: world.partnerId, reason: "watch" });

    expect(namesIn(world)).toEqual({ a: "Ours" });
  });
});

describe("an account that Gradient refuses", () => {
  it("is told with Gradient's words, costs no calls at the next looks, and is tried again a day later", async () => {
    const refused = { isOn: true };
    const { calls, through } = refusing((name) => refused.isOn && name === "Bad");
    const world = await activeWorld(["a"], { through });
    await feed(world, { id: "b", name: "Bad" }, { id: "c", name: "Good" });
    await world.live(1);

    expect(namesIn(world)).toMatchObject({ a: "Customer a", c: "Good" });
    expect(await customerOf(world, "b")).toMatchObject({
      accountSince: null,
      refusal: { name: "Bad", words: "bad name" },
    });
    expect(await world.integration()).toMatchObject({
      problems: [{ code: "accounts.refused" }],
      mapping: { changes: { created: 1, existed: 0, renamed: 0, retired: 0, refused: 1 } },
    });
    const before = calls.create;
    await world.live(30);
    expect(calls.create).toBe(before);

    refused.isOn = false;
    await world.pass(dayMs);
    await world.live(1);
    expect(namesIn(world)).toMatchObject({ b: "Bad" });
    expect(await customerOf(world, "b")).toMatchObject({ refusal: null });
    expect((await world.integration()).problems).toEqual([]);
  });

  it("alarms when it is refused, and not at the next looks", async () => {
    const { through } = refusing((name) => name === "Bad");
    const world = await activeWorld(["a"], { through });
    await feed(world, { id: "b", name: "Bad" });
    const alarmsIn = async (minutes: number) =>
      (await printedBy(() => world.live(minutes)))
        .split("\n")
        .filter((line) => line.includes('"ERROR"'))
        .map((line) => JSON.parse(line));

    expect(await alarmsIn(1)).toMatchObject([{ message: "gradient refused accounts", accounts: 1 }]);
    expect(await alarmsIn(10)).toEqual([]);
  });

  it("is tried at once under another name", async () => {
    const { through } = refusing((name) => name === "Bad");
    const world = await activeWorld(["a"], { through });
    await feed(world, { id: "b", name: "Bad" });
    await world.live(1);

    await feed(world, { id: "b", name: "Better" });
    await world.live(1);

    expect(namesIn(world)).toMatchObject({ b: "Better" });
    expect((await world.integration()).problems).toEqual([]);
  });

  it("is tried at once under the name that the feed has given it while the other was being refused", async () => {
    let hears = async (): Promise<unknown> => undefined;
    const { through } = between((gradient) => ({
      createAccounts: async (token, accounts) => {
        await hears();
        if (accounts.some(({ name }) => name === "Bad")) throw new AppError("upstream", "gradient.refused", "bad name");
        await gradient.createAccounts(token, accounts);
      },
    }));
    const world = await activeWorld(["a"], { through });
    await feed(world, { id: "b", name: "Bad" });
    hears = async () => {
      hears = async () => undefined;
      await feed(world, { id: "b", name: "Good" });
    };

    await world.live(3);

    expect(namesIn(world)).toMatchObject({ b: "Good" });
    expect(await customerOf(world, "b")).toMatchObject({ refusal: null });
  });

  it("as it is created again is gone once: what was accepted on the others is sent again once, and not at each look", async () => {
    const refused: { isOn: boolean } = { isOn: false };
    const { through } = refusing((name) => refused.isOn && name === "Customer a");
    const world = await activeWorld(["a", "b"], { through });
    refused.isOn = true;
    world.gradient.organizationOf(world.token)?.accounts.delete("a");
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    await world.live(2);
    const { proofGen } = await world.integration();
    const received = world.gradient.countsReceived.length;

    await world.live(20);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    await world.live(2);

    expect(world.gradient.countsReceived).toHaveLength(received);
    expect((await world.integration()).proofGen).toBe(proofGen);
  });

  it("as it is renamed, by a conflict, keeps its name there and is no success", async () => {
    const { through } = refusing((name) => name === "Taken");
    const world = await activeWorld(["a", "b"], { through });
    await feed(world, { id: "a", name: "Taken" }, { id: "b", name: "New b" });
    await world.live(1);

    expect(namesIn(world)).toEqual({ a: "Customer a", b: "New b" });
    expect(await customerOf(world, "a")).toMatchObject({ refusal: { name: "Taken", words: "That name is taken" } });
    expect((await world.integration()).mapping.changes).toMatchObject({ renamed: 1, refused: 1 });
  });

  it("among very many is left to the next look together with what 40 calls did not reach", async () => {
    const { calls, through } = refusing((name) => /[05]$/.test(name));
    const world = await activeWorld(["a"], { through });
    const ids = customersNamed(200, "n");
    await feed(world, ...ids.map((id) => ({ id, name: id })));
    await world.work();
    expect(calls.create).toBeLessThanOrEqual(1 + 41);

    await world.live(8);

    expect(Object.keys(namesIn(world))).toHaveLength(1 + 160);
  });
});

it("an account that was there already, by a conflict, is told as such, and not as created", async () => {
  const conflict = new AppError("conflict", "gradient.conflict", "exists");
  const { through } = between((gradient) => ({
    createAccounts: async (token, accounts) => {
      const known = new Set((await gradient.readAccounts(token)).map(({ id }) => id));
      if (accounts.some(({ id }) => known.has(id))) throw conflict;
      // another call, of which nobody has heard
      await gradient.createAccounts(token, accounts.slice(0, 1));
      if (accounts.length > 1) throw conflict;
    },
  }));
  const world = await activeWorld(["a"], { through });
  await feed(world, { id: "b", name: "B" }, { id: "c", name: "C" });

  await world.live(1);

  expect(namesIn(world)).toMatchObject({ b: "B", c: "C" });
  expect((await world.integration()).mapping.changes).toMatchObject({ created: 1, existed: 1, refused: 0 });
});

describe("a customer that is gone, and whose mapping was taken away first", () => {
  it("is retired after three days of 404s; its zeros go on, lest it is mapped again", async () => {
    const world = await activeWorld(["a", "b"]);
    world.gradient.mapAccount(world.token, "a", false);
    await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "a" });
    const isRetired = async () => ((await customerOf(world, "a"))?.retiredAt ?? null) !== null;

    for (const expected of [false, false, true]) {
      await send(world, "changes");
      await send(world, "changes");
      await world.live(1);
      expect(await isRetired()).toBe(expected);
      await world.pass(dayMs);
    }

    expect(world.gradient.organizationOf(world.token)?.accounts.get("a")).toMatchObject({ isActive: false });
    expect(await world.counts()).toMatchObject({ "a/dns": 10 });
    world.gradient.mapAccount(world.token, "a");
    await send(world, "changes");
    expect(await world.counts()).toMatchObject({ "a/dns": 0 });
  });
});
