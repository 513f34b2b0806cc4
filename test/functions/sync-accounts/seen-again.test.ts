import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { manySuspected } from "#functions/sync-accounts/many-suspected";
import { AppError } from "#shared/errors";
import { integrationWrite } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { store } from "#shared/table/table";
import { bucketOf, bucketWrite, readBucket } from "#shared/usage/ledger";
import { activeWorld, connectedWorld, customersNamed, send } from "#test/builders/connected-world";
import { printedBy } from "#test/builders/stdout";
import { callsPerSecond } from "#test/fakes/rate";
import type { ServiceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

const organizationOf = (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("The partner is not in Gradient");
  return organization;
};
const setStatus = (world: ServiceWorld, status: string) => {
  organizationOf(world).connection.status = status;
};
const accountsOf = (world: ServiceWorld) => [...organizationOf(world).accounts.keys()].sort();
const press = (world: ServiceWorld) => checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
const codes = async (world: ServiceWorld) => (await world.integration()).problems.map(({ code }) => code);
const mailsSince = ({ mailer }: ServiceWorld) =>
  mailer.sent.slice(1).map(({ subject }) => subject.replace(": Example MSP", ""));
const gone = "The integration was disconnected in Gradient";
const back = "Usage is being sent to Gradient again";
const events = ({ table, partnerId }: ServiceWorld, type: string) =>
  [...table.rows.values()].filter((row) => row.pk === `partner#${partnerId}` && row.type === type).length;

/** Two customers whose counts Gradient holds, and a Gradient that can lie about them. */
const lyingWorld = async () => {
  const lies: { isEmpty: boolean; isInactive: boolean; answer?: AppError | undefined } = {
    isEmpty: false,
    isInactive: false,
  };
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => {
        if (lies.answer) throw lies.answer;
        return lies.isEmpty ? [] : gradient.readAccounts(token);
      },
      readConnection: async (token) => {
        const connection = await gradient.readConnection(token);
        return lies.isInactive ? { ...connection, status: "inactive" } : connection;
      },
    }),
  });
  return { world, lies };
};

/** The same, suspended because of an empty list that somebody's look has met. */
const suspendedWorld = async () => {
  const { world, lies } = await lyingWorld();
  lies.isEmpty = true;
  await press(world);
  await world.live(7);
  expect(await world.integration()).toMatchObject({
    state: "suspended",
    problems: [{ code: "gradient.disconnected" }],
  });
  lies.isEmpty = false;
  return world;
};

/** A count of ours reaches Gradient now, from a worker that had sent it before; the ledger knows. */
const countArrives = async (world: ServiceWorld) => {
  setStatus(world, "active");
  const { partnerId, ledgerBits: bits, gradient } = await world.integration();
  const connectionId = gradient?.integrationId ?? "";
  const at = world.clock.date().toISOString();
  const row = await readBucket(world.table, { partnerId, bits, number: bucketOf("a", bits) }, connectionId);
  const entries = [...row.entries].map(
    ([key, entry]) => [key, { ...entry, accepted: entry.accepted && { ...entry.accepted, at } }] as const,
  );
  await store(world.table, bucketWrite({ ...row, entries: new Map(entries) }));
};

/** Days go by, each with what is due then. */
const days = async (world: ServiceWorld, count: number) => {
  for (let day = 0; day < count; day += 1) {
    await world.pass(dayMs);
    await world.live(3);
  }
};

describe.each([
  ["its list of accounts is empty", "isEmpty"],
  ["it says that the connection is inactive", "isInactive"],
] as const)("a partner that Gradient denies for an hour and a half, because %s", (_, lie) => {
  it("is back within an hour of its end, caught up and told so", async () => {
    const { world, lies } = await lyingWorld();
    lies[lie] = true;
    await press(world);
    await world.live(90);
    await world.setUsage("a", { dns: 99, sig: 3 });
    await world.addCustomer("n");
    lies[lie] = false;
    expect(await world.integration()).toMatchObject({ state: "suspended" });

    await world.live(60);

    expect(await world.integration()).toMatchObject({
      state: "active",
      problems: [],
      token: { status: "valid" },
      gradient: { status: "active" },
      looks: { suspectedSince: null },
    });
    expect(await world.counts()).toEqual({ "a/dns": 99, "a/sig": 3, "b/dns": 10, "b/sig": 0 });
    expect(accountsOf(world)).toEqual(["a", "b", "n"]);
    expect(mailsSince(world)).toEqual([gone, back]);
    expect(world.mailer.sent.at(-1)?.text).toContain("Seemed disconnected since");
    expect(events(world, "integration.resumed")).toBe(1);
  });
});

it("a partner that was mapping goes on with that", async () => {
  let isEmpty = false;
  const world = await connectedWorld(["a", "b"], (gradient) => ({
    ...gradient,
    readAccounts: async (token) => (isEmpty ? [] : gradient.readAccounts(token)),
  }));
  await world.live(1);
  isEmpty = true;
  await press(world);
  await world.live(90);
  expect(await world.integration()).toMatchObject({ state: "suspended" });
  isEmpty = false;

  await world.live(60);
  expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", problems: [] });
  world.map(["a", "b"]);
  await world.live(20);

  expect(await world.integration()).toMatchObject({ state: "active" });
  expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 0, "b/dns": 10, "b/sig": 0 });
});

it("a person who presses while it is looked for has gone first: it is looked at once more, and nobody is told", async () => {
  let onList: undefined | (() => Promise<unknown>);
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => {
        const happen = onList;
        onList = undefined;
        await happen?.();
        return gradient.readAccounts(token);
      },
    }),
  });
  setStatus(world, "inactive");
  await press(world);
  await world.live(8);
  setStatus(world, "active");
  onList = () => press(world);

  await world.live(60);

  expect(onList).toBe(undefined);
  expect(await world.integration()).toMatchObject({ state: "active", problems: [], looks: { goesOn: false } });
  expect(mailsSince(world)).toEqual([gone]);
});

it("is looked for hourly while it may be a bad spell of Gradient's, then daily", async () => {
  const world = await suspendedWorld();
  setStatus(world, "inactive");
  const waits: number[] = [];
  for (let trial = 0; trial < 9; trial += 1) {
    const { looks } = await world.integration();
    const wait = Date.parse(looks.tokenCheckAt ?? "") - world.clock.now();
    waits.push(Math.round(wait / hourMs));
    await world.pass(wait);
    await world.live(1);
  }

  expect(waits).toEqual([1, 1, 1, 1, 1, 1, 24, 24, 24]);
});

describe("a partner that has disconnected in Gradient stays suspended, told once", () => {
  const stays = async (world: ServiceWorld) => {
    const sent = world.gradient.countsReceived.length;
    await world.live(90);
    await days(world, 30);
    expect(await world.integration()).toMatchObject({ state: "suspended", token: { status: "valid" } });
    expect(world.gradient.countsReceived).toHaveLength(sent);
    expect(mailsSince(world)).toEqual([gone]);
    expect([events(world, "integration.suspended"), events(world, "integration.resumed")]).toEqual([1, 0]);
  };

  it("whose key goes on answering, and whose accounts are gone", async () => {
    const world = await suspendedWorld();
    organizationOf(world).accounts.clear();

    await stays(world);

    expect(accountsOf(world)).toEqual([]);
    expect(await codes(world)).toEqual(["gradient.disconnected"]);
  });

  it("whose key is refused by then", async () => {
    const world = await suspendedWorld();
    world.gradient.disconnect(world.token);

    await stays(world);

    expect(await codes(world)).toEqual(["gradient.disconnected"]);
  });

  it.each(["gradient.token-rejected", "gradient.forbidden", "gradient.refused", "gradient.unavailable"])(
    "whose list of accounts is answered with %s, which is nobody's trouble",
    async (code) => {
      const { world, lies } = await lyingWorld();
      setStatus(world, "inactive");
      await press(world);
      await world.live(8);
      setStatus(world, "active");
      lies.answer = new AppError("forbidden", code, "no");

      const printed = await printedBy(() => stays(world));

      expect(printed).not.toContain('"ERROR"');
      expect(await codes(world)).toEqual(["gradient.disconnected"]);
      const { looks } = await world.integration();
      expect(Date.parse(looks.tokenCheckAt ?? "") - world.clock.now()).toBeGreaterThan(20 * hourMs);
    },
  );

  it("whose connection is inactive, with all its accounts", async () => {
    const world = await suspendedWorld();
    setStatus(world, "inactive");

    await stays(world);

    setStatus(world, "active");
    await days(world, 1);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
  });

  it("of whom Gradient lists accounts that it never had of us, also under a customer's id", async () => {
    const world = await suspendedWorld();
    await world.addCustomer("n");
    organizationOf(world).accounts.clear();
    await world.gradient.createAccounts(
      world.token,
      ["n", "stranger"].map((id) => ({ id, name: id })),
    );

    await stays(world);
  });

  it("whose key leads to another connection by now; that is told on its page", async () => {
    const world = await suspendedWorld();
    Object.assign(organizationOf(world).connection, { integrationId: "connection-b" });

    const printed = await printedBy(() => stays(world));

    expect(printed).not.toContain('"ERROR"');
    expect(await codes(world)).toEqual(["gradient.disconnected", "connection.differs"]);
  });

  it("whose connection was ended, and is in use again since a count of ours has arrived: a person has to say so", async () => {
    const world = await activeWorld(["a", "b"]);
    setStatus(world, "inactive");
    await press(world);
    await world.live(1);
    // one that was under way when the connection was ended
    await countArrives(world);

    await world.live(80);

    expect(await world.integration()).toMatchObject({ state: "suspended" });
    expect(mailsSince(world)).toEqual([gone]);
    await press(world);
    await world.live(3);
    expect(await world.integration()).toMatchObject({ state: "active" });
  });
});

describe("while a connection seems to be ended", () => {
  it("nothing is sent, and the run under way is stopped", async () => {
    const ids = customersNamed(600);
    let onCount: (() => Promise<unknown>) | undefined;
    let sent = -1;
    const world: ServiceWorld = await activeWorld(ids, {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (...args) => {
          if (!onCount && sent < 0) return gradient.setUnitCount(...args);
          const happens = onCount;
          onCount = undefined;
          await happens?.();
          sent += 1;
          await world.clock.sleep(100);
          return gradient.setUnitCount(...args);
        },
      }),
    });
    for (const id of ids) await world.setUsage(id, { dns: 99, sig: 99 });
    sent = 0;
    onCount = async () => {
      setStatus(world, "inactive");
      await press(world);
      await world.raw(world.partnerId);
    };

    const stopped = await send(world, "changes");
    const soFar = sent;
    const next = await send(world, "changes");

    expect(stopped).toMatchObject({ stop: "not-connected" });
    // a lease is renewed every ten seconds at least
    expect(soFar).toBeLessThan(11 * callsPerSecond);
    expect([next.stop, sent]).toEqual(["not-connected", soFar]);
  });

  it("and is not at the second look, everything goes out", async () => {
    const world = await activeWorld(["a", "b"]);
    setStatus(world, "inactive");
    await press(world);
    await world.live(1);
    await world.setUsage("a", { dns: 99, sig: 0 });
    setStatus(world, "active");

    await world.live(8);
    await send(world, "changes");

    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    expect(await world.counts()).toMatchObject({ "a/dns": 99 });
    expect(mailsSince(world)).toEqual([]);
  });

  it("two looks have to say so, though its list was empty before", async () => {
    const { world, lies } = await lyingWorld();
    lies.isEmpty = true;
    await press(world);
    await world.live(1);
    lies.isEmpty = false;
    setStatus(world, "inactive");
    await world.live(5);
    expect(await world.integration()).toMatchObject({ state: "active" });

    await world.live(7);

    expect(await world.integration()).toMatchObject({ state: "suspended" });
  });

  it("a trial that finds it so is counted among those that begin to", async () => {
    const world = await activeWorld(["a", "b"]);
    const note = manySuspected(world);
    for (const id of customersNamed(4)) await note(id, world.clock.date().toISOString(), true);
    setStatus(world, "inactive");
    const record = await world.integration();
    // of a partner that is told of mappings the trial is a look
    const looks = { ...record.looks, tokenCheckAt: world.clock.date().toISOString(), isTelling: false };
    const mapping = { ...record.mapping, nextCheckAt: null };
    await store(world.table, integrationWrite({ ...record, looks, mapping }));

    const printed = await printedBy(() => world.live(2));

    expect(printed).toContain("many partners seem to have disconnected in gradient at once");
  });
});

it("an outage at the daily trial does not cost another day", async () => {
  const { world, lies } = await lyingWorld();
  lies.isEmpty = true;
  await press(world);
  await world.live(8 * 60);
  lies.isEmpty = false;
  lies.answer = new AppError("unavailable", "gradient.unavailable", "no");
  const at = Date.parse((await world.integration()).looks.tokenCheckAt ?? "");
  await world.pass(at - world.clock.now());
  await world.live(2);
  lies.answer = undefined;

  await world.live(70);

  expect(await world.integration()).toMatchObject({ state: "active" });
});

it("a partner whose connection was never in use since it was told of is back after an empty list", async () => {
  const { world, lies } = await lyingWorld();
  setStatus(world, "inactive");
  await press(world);
  await world.live(8);
  // a person says that it goes on, and the connection stays as it is
  await press(world);
  await world.live(3);
  expect(await world.integration()).toMatchObject({ state: "active" });
  setStatus(world, "inactive");
  const record = await world.integration();
  const gradient = record.gradient && { ...record.gradient, status: "inactive" };
  await store(world.table, integrationWrite({ ...record, gradient }));

  lies.isEmpty = true;
  await press(world);
  await world.live(10);
  expect(await world.integration()).toMatchObject({ state: "suspended" });
  lies.isEmpty = false;
  await world.live(120);

  expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
});

it("a suspicion of before a refused token is none of after it", async () => {
  const { world, lies } = await lyingWorld();
  lies.isEmpty = true;
  await press(world);
  await world.live(1);
  expect((await world.integration()).looks.suspectedSince).not.toBeNull();

  const { partnerId, token } = await world.integration();
  await suspendIntegration(world.common)({ partnerId, versionId: token?.versionId ?? "" });

  expect((await world.integration()).looks.suspectedSince).toBeNull();
});

describe("what is billed once a partner is seen in Gradient again", () => {
  it("of accounts and services that have lost their mapping meanwhile, is what Gradient holds anew", async () => {
    const world = await suspendedWorld();
    const organization = organizationOf(world);
    organization.accounts.delete("a");
    organization.counts.clear();
    world.gradient.mapService(world.token, organization.mappedServices.values().next().value ?? "", false);

    await world.live(60);

    expect(await world.integration()).toMatchObject({
      state: "active",
      mapping: { accounts: { total: 2, mapped: 1 }, services: { total: 2, mapped: 1 } },
    });
    expect(accountsOf(world)).toEqual(["a", "b"]);
    expect(Object.keys(await world.counts())).toHaveLength(1);
    world.map(["a"]);
    await days(world, 1);
    expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 0, "b/dns": 10, "b/sig": 0 });
  });

  it("of a customer that was removed, is zero, and its account shows that the partner is back", async () => {
    const world = await suspendedWorld();
    await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "b" });
    organizationOf(world).accounts.delete("a");
    organizationOf(world).counts.delete("a");

    await world.live(60);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    world.map(["a"]);
    await days(world, 1);

    expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 0, "b/dns": 0, "b/sig": 0 });
  });
});
