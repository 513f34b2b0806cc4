import { describe, expect, it } from "vitest";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { AppError } from "#shared/errors";
import { integrationWrite } from "#shared/integrations/integration";
import { store } from "#shared/table/table";
import { activeWorld, connectedWorld } from "#test/builders/connected-world";
import {
  accountsOf,
  back,
  days,
  events,
  gone,
  hourMs,
  lyingWorld,
  mailsSince,
  organizationOf,
  press,
  setStatus,
  suspendedWorld,
} from "./lying-gradient.ts";

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
