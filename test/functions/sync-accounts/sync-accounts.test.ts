import { describe, expect, it } from "vitest";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { findCustomer, toCustomerItem } from "#shared/customers/customer";
import { AppError } from "#shared/errors";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { everyRow, owedTasks, rowsOf } from "#test/builders/table";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

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
    expect(changes).toEqual(["service Service dns", "create a b"]);

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

    await startUsageExport(world.common)({ partnerId: world.partnerId, id: "z", trigger: "manual", mode: "changes" });
    await world.work();
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

    expect(await sync(world)).toBe("export-started");

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

describe("the catalogue's services in Gradient", () => {
  it("are created once, also by two workers at the same time", async () => {
    const world = await worldWith(["a"]);
    await world.addService("sig");
    const ends = await Promise.allSettled([sync(world), sync(world)]);
    await world.clock.settle(world.clock.sleep(71_000));
    await sync(world);

    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(world.gradient.services.map(({ name }) => name)).toEqual(["Service dns", "Service sig"]);
  });

  it("wait for the worker who is creating them", async () => {
    const gate: (() => void)[] = [];
    const slow = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      createService: async (token, service) => {
        if (service.name === "Service sig") await new Promise<void>((resolve) => gate.push(resolve));
        await gradient.createService(token, service);
      },
    });
    const world = await worldWith(["a"], { through: slow });
    await world.addService("sig");
    const first = sync(world);
    await new Promise((resolve) => setImmediate(resolve));

    await expect(sync(world)).rejects.toMatchObject({ code: "service.being-created" });
    gate[0]?.();
    await first;

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["Service dns", "Service sig"]);
    expect(rowsOf(world.table, "catalogue", "service#sig")).toMatchObject([
      { gradientServiceId: world.gradient.services[1]?.id, createdUntil: null },
    ]);
  });

  it("are tried again when the first worker died", async () => {
    const world = await worldWith(["a"]);
    await world.addService("sig");
    world.gradient.failNext("createService", { error: new Error("killed") });
    await expect(sync(world)).rejects.toThrow("killed");

    await world.clock.settle(world.clock.sleep(landsWithinMs + 1));
    await sync(world);

    expect(world.gradient.services.map(({ name }) => name)).toEqual(["Service dns", "Service sig"]);
  });

  it("are taken over by name the first time, and by the stored id from then on", async () => {
    const world = serviceWorld();
    world.gradient.services.push({ id: "theirs", name: "Service dns" });
    await world.addService("dns");
    await world.connect();
    world.gradient.services[0] = { id: "theirs", name: "Renamed in Gradient" };

    await sync(world);

    expect(rowsOf(world.table, "catalogue")).toMatchObject([{ gradientServiceId: "theirs" }]);
    expect(world.gradient.services).toHaveLength(1);
  });

  it("stay two where two have the same name", async () => {
    const world = await worldWith(["a"]);
    const row = await world.table.get({ pk: "catalogue", sk: "service#dns" });
    await world.table.put({
      ...row,
      pk: "catalogue",
      sk: "service#dns2",
      id: "dns2",
      gradientServiceId: null,
      version: 1,
    });

    await sync(world);

    const ids = rowsOf(world.table, "catalogue").map(({ gradientServiceId }) => gradientServiceId);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toEqual(world.gradient.services.map(({ id }) => id));
  });
});

describe("a token that Gradient refuses", () => {
  it("suspends the integration and owes the owner one mail, however often it is found", async () => {
    const world = await worldWith(["a"]);
    world.gradient.regenerateKey(world.token);

    expect(await Promise.all([sync(world), sync(world)])).toEqual(["suspended", "suspended"]);
    expect(await sync(world)).toBe("not-connected");
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
    expect(owedTasks(world.table)).toMatchObject([{ kind: "sync-accounts", reason: "replaced" }]);
  });
});

describe("what keeps Gradient from answering", () => {
  it("comes back from the queue when Gradient is down, with nothing changed", async () => {
    const world = await worldWith(["a"]);
    const before = everyRow(world.table);
    for (const call of ["readConnection", "readAccounts"] as const) {
      world.gradient.failNext(call, { error: new AppError("unavailable", "gradient.unavailable", "down") });
      await expect(sync(world)).rejects.toMatchObject({ code: "gradient.unavailable" });
    }
    expect(everyRow(world.table)).toEqual(before);
  });

  it("is not tried again when Gradient forbids all calls; the problem goes when it takes them again", async () => {
    const world = await worldWith(["a"]);
    world.gradient.failNext("readConnection", { error: new AppError("upstream", "gradient.forbidden", "403") });

    expect(await sync(world)).toBe("forbidden");
    expect((await world.integration()).problems).toMatchObject([{ code: "gradient.forbidden" }]);

    await sync(world);
    expect((await world.integration()).problems).toEqual([]);
  });
});

describe("what is mapped", () => {
  it("starts the export that proves it, and counts what Gradient tells", async () => {
    const world = await worldWith(["a", "b", "c"]);
    world.map(["a", "b"]);

    expect(await sync(world)).toBe("export-started");

    expect(await world.integration()).toMatchObject({ mapping: { accounts: { total: 3, mapped: 2 } } });
    expect(owedTasks(world.table)).toMatchObject([{ kind: "export-usage", lane: "on-demand" }]);
    await world.work();
    expect(await world.integration()).toMatchObject({
      state: "active",
      mapping: { services: { total: 1, mapped: 1 }, accounts: { total: 3, mapped: 2 } },
    });
  });

  it("starts nothing while Gradient says that nothing is mapped", async () => {
    const world = await worldWith(["a", "b"]);

    expect(await sync(world)).toBe("synced");

    expect(rowsOf(world.table, "partner#org-1", "export#")).toEqual([]);
    expect((await world.integration()).mapping.lastCheckedAt).toBe(world.clock.date().toISOString());
  });

  it("starts one export, however many look at the same time", async () => {
    const world = await worldWith(["a"]);
    world.map(["a"]);

    await Promise.all([sync(world), sync(world), sync(world)]);

    expect(rowsOf(world.table, "partner#org-1", "export#")).toHaveLength(1);
  });

  it("later sends a new customer's usage by itself once that is mapped", async () => {
    const world = await worldWith(["a"]);
    world.map(["a"]);
    await sync(world);
    await world.work();
    await world.addCustomer("n");
    await world.setUsage("n", { dns: 6 });
    await sync(world);
    world.gradient.mapAccount(world.token, "n");

    expect(await sync(world)).toBe("export-started");
    await world.work();

    expect(await world.counts()).toEqual({ "a/dns": 4, "n/dns": 6 });
    expect(await sync(world)).toBe("synced");
  });

  it("is unknown where Gradient does not tell: only trying tells", async () => {
    const silent = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      readAccounts: async (token) => (await gradient.readAccounts(token)).map(({ id, name }) => ({ id, name })),
    });
    const world = await worldWith(["a", "b"], { through: silent });
    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({ isMapped: null });
    expect(await sync(world, "confirmed")).toBe("synced");

    expect(await sync(world)).toBe("export-started");
    await world.work();
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });

    world.map(["b"]);
    await sync(world);
    await world.work();
    expect(await world.integration()).toMatchObject({
      state: "active",
      mapping: { accounts: { total: 2, mapped: 1 } },
    });

    // the partner takes the mapping away: the next count of it is answered with a 404
    world.gradient.mapAccount(world.token, "b", false);
    await startUsageExport(world.common)({ partnerId: world.partnerId, id: "later", trigger: "manual", mode: "full" });
    await world.work();
    await sync(world);
    expect(await world.integration()).toMatchObject({ mapping: { accounts: { total: 2, mapped: 0 } } });
  });
});
