import { describe, expect, it } from "vitest";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import type { Refusals } from "#shared/breakers/refusals";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { findCustomer, toCustomerItem } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import { send } from "#test/builders/connected-world";
import { owedTasks } from "#test/builders/table";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** Nothing stands in the way, and nobody is suspended. */
const quiet: Refusals = {
  obstacleFor: async () => null,
  note: async () => undefined,
  confirm: async () => "doubted",
  forbid: async () => undefined,
};
const worldWith = async (customers: string[], options: Parameters<typeof serviceWorld>[0] = {}) => {
  const world = serviceWorld(options);
  await world.addService("dns");
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 4 });
  }
  await world.connect();
  return world;
};
const sync = (world: ServiceWorld, reason: "watch" | "confirmed" = "watch") =>
  world.sync({ partnerId: world.partnerId, reason });
const accountsOf = (world: ServiceWorld) => {
  const accounts = world.gradient.organizationOf(world.token)?.accounts ?? new Map<string, { name: string }>();
  return Object.fromEntries(accounts);
};
const changeCustomer = async (world: ServiceWorld, id: string, change: object) => {
  const before = await findCustomer(world.table, world.partnerId, id);
  if (!before) throw new Error("no customer");
  await world.table.put(toCustomerItem({ ...before, ...change, version: before.version + 1 }));
};

/** Notes every call that changes something in Gradient, in order. */
const noting = () => {
  const changes: string[] = [];
  const through = (gradient: InMemoryGradient): InMemoryGradient => ({
    ...gradient,
    createAccounts: (token, accounts) => {
      changes.push(`create ${accounts.map(({ id }) => id).join(" ")}`);
      return gradient.createAccounts(token, accounts);
    },
    changeAccounts: (token, accounts) => {
      changes.push(`change ${accounts.map(({ id }) => id).join(" ")}`);
      return gradient.changeAccounts(token, accounts);
    },
    createService: (token, service) => {
      changes.push(`service ${service.name}`);
      return gradient.createService(token, service);
    },
  });
  return { changes, through };
};

describe("a partner's customers in Gradient", () => {
  it("appear by themselves, under the hub's ids, but for trials", async () => {
    const world = serviceWorld();
    await world.addCustomer("a");
    await world.addCustomer("t", "trial");

    await world.connect();

    expect(accountsOf(world)).toEqual({ a: { name: "Customer a", isMapped: false, isActive: true } });
  });

  it("are read first: a second look changes nothing there", async () => {
    const { changes, through } = noting();
    const world = await worldWith(["a", "b"], { through });
    expect(changes.toSorted()).toEqual(["create a b", "service Service dns"]);

    await sync(world);
    await sync(world);

    expect(changes).toHaveLength(2);
  });

  it("are renamed in place", async () => {
    const world = await worldWith(["a"]);
    world.map(["a"]);
    await changeCustomer(world, "a", { name: "Another Name" });

    await sync(world);

    expect(accountsOf(world)).toEqual({ a: { name: "Another Name", isMapped: true, isActive: true } });
  });

  it("are retired once their zeros were accepted, and not before", async () => {
    const world = await worldWith(["a", "b"]);
    world.map(["a", "b"]);
    await sync(world);
    await world.work();
    await removeCustomer({ ...world.common })({ partnerId: world.partnerId, customerId: "a" });

    await sync(world);
    expect(accountsOf(world)).toMatchObject({ a: { isActive: true } });

    await send(world, "changes");
    expect(await world.counts()).toMatchObject({ "a/dns": 0 });
    expect(accountsOf(world)).toMatchObject({ a: { isActive: false }, b: { isActive: true } });
    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({ retiredAt: expect.any(String) });
  });

  it("are taken up again when they come back", async () => {
    const world = await worldWith(["a"]);
    await removeCustomer({ ...world.common })({ partnerId: world.partnerId, customerId: "a" });
    await world.work();
    expect(accountsOf(world)).toMatchObject({ a: { isActive: false } });
    await changeCustomer(world, "a", { removedAt: null });

    await sync(world);

    expect(accountsOf(world)).toMatchObject({ a: { isActive: true } });
    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({ retiredAt: null });
  });

  it("are created although one of them is refused, which is told as a problem", async () => {
    const refusing = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      createAccounts: async (token, accounts) => {
        if (accounts.some(({ id }) => id === "b")) throw new AppError("upstream", "gradient.refused", "b is refused");
        await gradient.createAccounts(token, accounts);
      },
    });

    const world = await worldWith(["a", "b", "c"], { through: refusing });

    expect(Object.keys(accountsOf(world))).toEqual(["a", "c"]);
    expect(await world.integration()).toMatchObject({
      problems: [{ code: "accounts.refused" }],
      mapping: { accounts: { total: 3, mapped: 0 } },
    });
  });

  it("are renamed although one of them is refused, and the mapping is noted", async () => {
    const refusing = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      changeAccounts: async (token, changes) => {
        if (changes.some(({ id }) => id === "a")) throw new AppError("upstream", "gradient.refused", "a is refused");
        await gradient.changeAccounts(token, changes);
      },
    });
    const world = await worldWith(["a", "b"], { through: refusing });
    world.map(["b"]);
    for (const id of ["a", "b"]) await changeCustomer(world, id, { name: `New ${id}` });

    expect(await sync(world)).toBe("look-started");

    expect(accountsOf(world)).toMatchObject({ a: { name: "Customer a" }, b: { name: "New b" } });
    expect(await world.integration()).toMatchObject({
      problems: [{ code: "accounts.refused" }],
      mapping: { accounts: { total: 2, mapped: 1 } },
    });
  });

  it("are not noted as retired where Gradient refused that", async () => {
    const refusing = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      changeAccounts: async () => {
        throw new AppError("upstream", "gradient.refused", "no");
      },
    });
    const world = await worldWith(["a"], { through: refusing });
    await removeCustomer({ ...world.common })({ partnerId: world.partnerId, customerId: "a" });

    await world.work();

    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({ retiredAt: null });
  });

  it("that Gradient has already are fine, and clear the problem", async () => {
    const world = await worldWith(["a"]);
    for (const id of ["b", "c"]) await world.addCustomer(id);
    world.gradient.failNext("createAccounts", { error: new AppError("conflict", "gradient.conflict", "exists") });
    world.gradient.failNext(
      "createAccounts",
      { error: new AppError("conflict", "gradient.conflict", "exists") },
      { lands: true },
    );

    await sync(world);

    expect(Object.keys(accountsOf(world))).toEqual(["a", "b", "c"]);
    expect(await world.integration()).toMatchObject({ problems: [] });
  });
});

describe("a token that Gradient refuses", () => {
  it("suspends the integration and owes the owner one mail, however often it is found", async () => {
    const world = await worldWith(["a"]);
    world.gradient.regenerateKey(world.token);

    expect(await sync(world)).toBe("suspended");
    expect(await sync(world)).toBe("nothing-due");
    await world.work();

    expect(await world.integration()).toMatchObject({
      state: "suspended",
      token: { status: "rejected" },
      problems: [{ code: "token.rejected" }],
    });
    expect(world.mailer.sent.map(({ subject }) => subject)).toEqual([
      "Billing agreement for Gradient confirmed: Example MSP",
      "Usage is not being sent to Gradient: new key needed for Example MSP",
    ]);
  });

  it("and has been replaced meanwhile changes nothing", async () => {
    let meanwhile = async () => undefined as unknown;
    const world = await worldWith(["a"], {
      through: (gradient) => ({
        ...gradient,
        readAccounts: async (token) => {
          await meanwhile();
          return gradient.readAccounts(token);
        },
      }),
    });
    meanwhile = () => {
      const text = world.gradient.regenerateKey(world.token);
      return world.register({ partnerId: world.partnerId, text, by: world.by });
    };

    expect(await sync(world)).toBe("token-replaced");

    expect(await world.integration()).toMatchObject({
      state: "awaiting-mapping",
      token: { status: "valid" },
      problems: [],
    });
    // in whatever order: they are owed by one transaction
    const owed = owedTasks(world.table);
    expect(owed).toHaveLength(2);
    expect(owed).toContainEqual(expect.objectContaining({ kind: "send-owner-mail" }));
    expect(owed).toContainEqual(expect.objectContaining({ kind: "sync-accounts", reason: "replaced" }));
  });

  it("only by a false alarm is asked for again", async () => {
    const world = await worldWith(["a"], { refusals: { ...quiet, confirm: async () => "taken" } });
    world.gradient.failNext("readAccounts", { error: new AppError("forbidden", "gradient.token-rejected", "401") });

    expect(await sync(world)).toBe("false-alarm");
    await world.live(1);

    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", looks: { failures: 0 } });
  });
});

describe("what keeps Gradient from answering", () => {
  it("has the look made again soon, and ever later; nothing that was asked for is lost", async () => {
    const world = await worldWith(["a"]);
    await world.addCustomer("b");
    const down = { error: new AppError("unavailable", "gradient.unavailable", "down") };
    world.gradient.failNext("readAccounts", down, { times: 2 });
    const minutesLeft = async () => {
      const { nextCheckAt } = (await world.integration()).mapping;
      return (Date.parse(nextCheckAt ?? "") - world.clock.now()) / 60_000;
    };

    expect(await sync(world)).toBe("unavailable");
    // with the next job, which comes once a minute
    expect(await minutesLeft()).toBe(0.75);
    expect(await sync(world)).toBe("unavailable");
    expect(await minutesLeft()).toBe(5);
    expect(Object.keys(accountsOf(world))).toEqual(["a"]);

    await world.live(6);
    expect(Object.keys(accountsOf(world))).toEqual(["a", "b"]);
  });

  it("is told to whoever decides on it when Gradient forbids a call, which is made again later", async () => {
    const forbidden: unknown[] = [];
    const world = await worldWith(["a"], { refusals: { ...quiet, forbid: async (call) => void forbidden.push(call) } });
    world.gradient.failNext("readAccounts", { error: new AppError("upstream", "gradient.forbidden", "403") });

    expect(await sync(world)).toBe("forbidden");
    expect(forbidden).toMatchObject([{ partnerId: world.partnerId, tokenVersionId: "version-1" }]);

    await world.live(2);
    expect(await world.integration()).toMatchObject({ looks: { failures: 0 }, problems: [] });
  });

  it("is waited for, without a call, when it stands in the partner's way", async () => {
    let obstacle: Obstacle | null = null;
    const world = await worldWith(["a"], { refusals: { ...quiet, obstacleFor: async () => obstacle } });
    const retryAt = new Date(world.clock.now() + 7 * 60_000).toISOString();
    obstacle = { scope: "partner", why: "gradient-refuses", since: retryAt, retryAt };
    world.gradient.failNext("readAccounts", { error: new Error("no call may go out") });

    expect(await sync(world)).toBe("held");

    expect(await world.integration()).toMatchObject({ mapping: { nextCheckAt: retryAt }, looks: { until: null } });
  });
});
