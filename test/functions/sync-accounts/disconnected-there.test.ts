import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { findCustomer } from "#shared/customers/customer";
import { resumeIntegration } from "#shared/integrations/resume-integration";
import { activeWorld, pauseFor, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import type { ServiceWorld } from "#test/fakes/service-world";

const organizationOf = (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("The partner is not in Gradient");
  return organization;
};
const loseAccounts = (world: ServiceWorld) => {
  organizationOf(world).accounts.clear();
  organizationOf(world).counts.clear();
};
const deactivate = (world: ServiceWorld) => {
  organizationOf(world).connection.status = "inactive";
};
const accountsOf = (world: ServiceWorld) => [...organizationOf(world).accounts.keys()];
const look = (world: ServiceWorld) => world.sync({ partnerId: world.partnerId, reason: "watch" });
const press = (world: ServiceWorld) => checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
const told = ({ mailer }: ServiceWorld) =>
  mailer.sent.map(({ subject }) => subject).filter((subject) => subject.includes("disconnected"));
const codes = async (world: ServiceWorld) => (await world.integration()).problems.map(({ code }) => code);

describe.each([
  ["every account is gone", loseAccounts],
  [
    "the connection is inactive by now",
    (world: ServiceWorld) => {
      deactivate(world);
      organizationOf(world).accounts.delete("b");
    },
  ],
])("where %s", (_, happen) => {
  const suspectedWorld = async () => {
    const world = await activeWorld(["a", "b"]);
    happen(world);
    const before = accountsOf(world);
    expect(await look(world)).toBe("suspected");
    return { world, before };
  };
  const suspendedWorld = async () => {
    const { world, before } = await suspectedWorld();
    await world.live(6);
    return { world, before };
  };

  it("nothing is created, and a second look five minutes later suspends", async () => {
    const { world, before } = await suspectedWorld();

    await world.live(4);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    await world.live(2);

    expect(await world.integration()).toMatchObject({
      state: "suspended",
      token: { status: "valid" },
      problems: [{ code: "gradient.disconnected" }],
    });
    expect(accountsOf(world)).toEqual(before);
  });

  it("the owner is told when it is sure, and once", async () => {
    const { world } = await suspectedWorld();
    expect(told(world)).toEqual([]);

    await world.live(6);
    await world.pass(3 * 24 * 60 * 60_000);
    await world.live(3);

    expect(told(world)).toEqual(["The integration was disconnected in Gradient: Example MSP"]);
  });

  it("a look that comes earlier, because the feed has news, creates nothing and does not suspend", async () => {
    const { world, before } = await suspectedWorld();
    const customers = [aCustomerRecord({ id: "new" })];
    await recordCustomers(world.common)({ partnerId: world.partnerId, customers });

    await world.live(2);

    expect(accountsOf(world)).toEqual(before);
    expect(await world.integration()).toMatchObject({ state: "active" });
  });

  it("days do not bring it back by themselves, nor does its token, which is good", async () => {
    const { world, before } = await suspendedWorld();
    const { token, gradient } = await world.integration();
    const resumed = await resumeIntegration(world.common)({
      partnerId: world.partnerId,
      versionId: token?.versionId ?? "",
      connection: gradient ?? organizationOf(world).connection,
    });

    expect(resumed).toBe("not-suspended");
    await world.pass(3 * 24 * 60 * 60_000);
    await world.live(3);
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    expect(accountsOf(world)).toEqual(before);
  });

  it("Check now goes on: what is missing is created, and everything is sent again", async () => {
    const { world } = await suspendedWorld();

    await press(world);
    await world.work();
    expect(accountsOf(world).sort()).toEqual(["a", "b"]);
    world.map(["a", "b"]);
    organizationOf(world).connection.status = "active";
    await world.live(3);

    expect(await codes(world)).toEqual([]);
    expect(await world.integration()).toMatchObject({
      state: "active",
      looks: { suspectedSince: null, goesOn: false },
    });
    expect(await world.counts()).toMatchObject({ "a/dns": 10, "b/dns": 10 });
  });

  it("a new token goes on, too", async () => {
    const { world } = await suspendedWorld();

    const text = world.gradient.regenerateKey(world.token);
    await world.register({ partnerId: world.partnerId, text, by: world.by });
    await world.work();

    expect(await codes(world)).toEqual([]);
    expect(await world.integration()).toMatchObject({ state: "active" });
    const accounts = (await world.gradient.readAccounts(text)).map(({ id }) => id);
    expect(accounts.sort()).toEqual(["a", "b"]);
  });
});

it("the daily check of the token that finds the connection ended has it looked at at once, and told once", async () => {
  const world = await activeWorld(["a", "b"]);
  const { token } = await world.integration();
  await world.pass(Date.parse(token?.checkedAt ?? "") + 25 * 60 * 60_000 - world.clock.now());
  deactivate(world);
  organizationOf(world).accounts.delete("b");

  await world.live(12);

  expect(await world.integration()).toMatchObject({
    state: "suspended",
    problems: [{ code: "gradient.disconnected" }],
  });
  expect(told(world)).toEqual(["The integration was disconnected in Gradient: Example MSP"]);
});

describe("an inactive connection that still has all its accounts", () => {
  it("is noticed by Check now, and suspends five minutes later", async () => {
    const world = await activeWorld(["a", "b"]);
    deactivate(world);
    await press(world);

    await world.live(4);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    await world.live(4);

    expect(await world.integration()).toMatchObject({
      state: "suspended",
      problems: [{ code: "gradient.disconnected" }],
    });
    expect(told(world)).toHaveLength(1);
  });

  it("is noticed by the daily check of the token, and suspends five minutes later", async () => {
    const world = await activeWorld(["a", "b"]);
    // an accepted count makes it active
    await pauseFor(world, 7 * 24 * 60 * 60_000);
    deactivate(world);
    await world.pass(25 * 60 * 60_000);

    await world.live(10);

    expect(await world.integration()).toMatchObject({
      state: "suspended",
      problems: [{ code: "gradient.disconnected" }],
    });
    expect(told(world)).toHaveLength(1);
  });

  it("is forgotten when it is active by the second look", async () => {
    const world = await activeWorld(["a", "b"]);
    deactivate(world);
    await press(world);
    await world.live(1);
    organizationOf(world).connection.status = "active";

    await world.live(10);

    expect(await world.integration()).toMatchObject({ state: "active", problems: [], looks: { suspectedSince: null } });
  });

  it("is noticed, too, after a status that nobody has documented", async () => {
    const world = await activeWorld(["a", "b"]);
    organizationOf(world).connection.status = "on-hold";
    await press(world);
    await world.live(1);
    expect((await world.integration()).gradient).toMatchObject({ status: "on-hold" });
    deactivate(world);
    await press(world);

    await world.live(8);

    expect(await world.integration()).toMatchObject({
      state: "suspended",
      problems: [{ code: "gradient.disconnected" }],
    });
  });
});

it("a look that finds everything as it was forgets the suspicion", async () => {
  const world = await activeWorld(["a", "b"]);
  const { accounts } = organizationOf(world);
  const kept = [...accounts];
  accounts.clear();
  expect(await look(world)).toBe("suspected");
  for (const [id, account] of kept) accounts.set(id, account);

  await world.live(6);

  expect(await world.integration()).toMatchObject({ state: "active", looks: { suspectedSince: null }, problems: [] });
});

it("retired accounts that Gradient lists no more are not gone: customers that come back get theirs", async () => {
  const world = await activeWorld(["a"]);
  await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "a" });
  await send(world, "changes");
  await world.live(3);
  expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({ retiredAt: expect.any(String) });
  loseAccounts(world);
  const { proofGen } = await world.integration();
  const customers = ["a", "b"].map((id) => aCustomerRecord({ id }));
  await recordCustomers(world.common)({ partnerId: world.partnerId, customers });

  await world.live(8);

  expect(accountsOf(world).sort()).toEqual(["a", "b"]);
  expect(await world.integration()).toMatchObject({ state: "active", problems: [], proofGen });
});

it("an account that is missing among others is no disconnection: it is created", async () => {
  const world = await activeWorld(["a", "b"]);
  organizationOf(world).accounts.delete("a");

  await look(world);

  expect(accountsOf(world).sort()).toEqual(["a", "b"]);
});
