import { describe, expect, it } from "vitest";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { type Decision, leaveOut } from "#functions/leave-out/leave-out";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { currentAgreement } from "#shared/agreements/agreement";
import { customerKey, findCustomer } from "#shared/customers/customer";
import { findLeftOutServices } from "#shared/integrations/record/left-out";
import { isWanted } from "#shared/integrations/record/wants";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { serviceKey } from "#shared/services/hub-service";
import type { Item } from "#shared/table/table";
import { activeWorld, customersNamed, inShort, pauseFor, runsOf, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import { rowsOf, watchedTable } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

type Choice = Partial<Pick<Decision, "kind" | "ids">>;
const decide = (world: ServiceWorld, reason: string | null, { kind = "accounts", ids = ["a"] }: Choice = {}) =>
  leaveOut(world.common)({ partnerId: world.partnerId, by: world.by, kind, ids, reason });
const exclude = (world: ServiceWorld, choice?: Choice) => decide(world, "Has a contract of its own", choice);
const include = (world: ServiceWorld, choice?: Choice) => decide(world, null, choice);
const lastRun = async (world: ServiceWorld) => (await runsOf(world)).at(-1);

describe("a customer that a person leaves out", () => {
  it("is sent one zero for each line that Gradient holds, at once, and then nothing", async () => {
    const world = await activeWorld(["a", "b"]);

    expect(await exclude(world)).toEqual({ accounts: 1, services: 0 });
    await world.live(1);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 10 });
    const run = await lastRun(world);
    expect(run && inShort(run)).toBe("mapping changes succeeded");
    const before = world.gradient.countsReceived.length;
    await world.setUsage("a", { dns: 44, sig: 44 });
    const { totals } = await send(world, "full");
    expect(totals).toMatchObject({ lines: 2, accepted: 2 });
    expect(world.gradient.countsReceived.slice(before).map(({ accountId }) => accountId)).toEqual(["b", "b"]);
  });

  it("is billed again with its count of now once it is taken in", async () => {
    const world = await activeWorld(["a", "b"]);
    await exclude(world);
    await world.live(1);
    await world.setUsage("a", { dns: 12, sig: 0 });

    expect(await include(world)).toEqual({ accounts: 0, services: 0 });
    await world.live(1);

    expect(await world.counts()).toMatchObject({ "a/dns": 12, "b/dns": 10 });
  });

  it("keeps who decided it, why and when; the audit trail has both decisions", async () => {
    const world = await activeWorld(["a", "b"]);
    const at = world.common.now().toISOString();
    await exclude(world);

    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({
      leftOut: { note: "Has a contract of its own", by: "user-1", at },
    });
    // of two events of one millisecond either may come first
    await world.pass(1);
    await include(world);
    expect((await findCustomer(world.table, world.partnerId, "a"))?.leftOut).toBeNull();
    expect(
      rowsOf(world.table, `partner#${world.partnerId}`, "event#").filter(({ type }) =>
        String(type).startsWith("mapping."),
      ),
    ).toMatchObject([
      {
        type: "mapping.left-out",
        actor: "user-1",
        details: { kind: "accounts", count: 1, ids: "a", reason: "Has a contract of its own" },
      },
      { type: "mapping.taken-in", actor: "user-1", details: { kind: "accounts", count: 1, ids: "a" } },
    ]);
  });

  it("keeps what the feed has changed of it in the very moment", async () => {
    const world = await activeWorld(["a", "b"]);
    const renamed = [aCustomerRecord({ id: "a", name: "Another name" })];
    const table = watchedTable(world.table, async (call) => {
      if (call === 1) await recordCustomers(world.common)({ partnerId: world.partnerId, customers: renamed });
    });

    const leave = leaveOut({ ...world.common, table });
    await leave({ partnerId: world.partnerId, by: world.by, kind: "accounts", ids: ["a"], reason: "Ours" });

    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({
      name: "Another name",
      leftOut: { note: "Ours" },
    });
  });

  it("changes nothing the second time, but for another reason", async () => {
    const world = await activeWorld(["a", "b"]);
    await exclude(world);
    const { version } = await world.integration();

    await exclude(world);
    expect((await world.integration()).version).toBe(version);
    await decide(world, "Another reason");

    expect(await findCustomer(world.table, world.partnerId, "a")).toMatchObject({
      leftOut: { note: "Another reason" },
    });
  });

  it("stays left out when the feed sends it again, or removes it and brings it back", async () => {
    const world = await activeWorld(["a", "b"]);
    await exclude(world);
    const { partnerId } = world;
    const customers = [aCustomerRecord({ id: "a", name: "Renamed" })];
    await recordCustomers(world.common)({ partnerId, customers });
    await removeCustomer(world.common)({ partnerId, customerId: "a" });
    await recordCustomers(world.common)({ partnerId, customers });

    expect(await findCustomer(world.table, partnerId, "a")).toMatchObject({ removedAt: null, leftOut: {} });
  });

  it("without an account gets one only once it is taken in", async () => {
    const world = await activeWorld(["a"]);
    const customers = [aCustomerRecord({ id: "new", name: "New" })];
    await recordCustomers(world.common)({ partnerId: world.partnerId, customers });
    await exclude(world, { ids: ["new"] });
    const accounts = () => [...(world.gradient.organizationOf(world.token)?.accounts.keys() ?? [])];
    await world.live(1);
    expect(accounts()).toEqual(["a"]);

    await include(world, { ids: ["new"] });
    await world.live(1);

    expect(accounts()).toEqual(["a", "new"]);
  });
});

describe("a service that a person leaves out", () => {
  const choice: Choice = { kind: "services", ids: ["sig"] };

  it("is sent a zero for every customer that Gradient holds it of, and then nothing", async () => {
    const world = await activeWorld(["a", "b"]);
    for (const id of ["a", "b"]) await world.setUsage(id, { dns: 10, sig: 7 });
    await send(world);

    expect(await exclude(world, choice)).toEqual({ accounts: 0, services: 1 });
    await world.live(1);

    expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 0, "b/dns": 10, "b/sig": 0 });
    expect((await send(world, "full")).totals).toMatchObject({ lines: 2, accepted: 2 });
    expect((await world.integration()).mapping.services).toEqual({ total: 1, mapped: 1, unknown: 0 });

    await include(world, choice);
    await world.live(1);
    expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 7, "b/dns": 10, "b/sig": 7 });
    expect((await world.integration()).mapping.services).toEqual({ total: 2, mapped: 2, unknown: 0 });
  });

  it("keeps who decided it, and stays left out when the partner has connected anew", async () => {
    const world = await activeWorld(["a", "b"]);
    await exclude(world, choice);
    await exclude(world);
    await world.live(1);
    world.gradient.disconnect(world.token);

    expect((await findLeftOutServices(world.table, world.partnerId)).services).toMatchObject([
      { id: "sig", note: "Has a contract of its own", by: "user-1" },
    ]);
    const anew = world.gradient.addOrganization({ token: world.token });
    await world.register({
      partnerId: world.partnerId,
      text: world.token,
      by: world.by,
      confirmOrganizationChange: true,
    });
    await confirmAgreement({ ...world.common, agreement: currentAgreement })({
      partnerId: world.partnerId,
      ...currentAgreement,
      by: world.by,
      name: "Ada Admin",
      email: "ada@example.com",
      userAgent: null,
    });
    await world.live(1);
    world.map(["b"]);
    await world.live(2);

    const dns = world.gradient.services.find(({ name }) => name === "Service dns")?.id ?? "";
    expect([...anew.counts]).toEqual([["b", new Map([[dns, 10]])]]);
  });
});

it("takes 500 at once, in as many transactions as they need", async () => {
  const ids = customersNamed(500);
  const world = await activeWorld(ids);

  expect(await exclude(world, { ids })).toEqual({ accounts: 500, services: 0 });
  await world.live(3);

  expect(new Set(Object.values(await world.counts()))).toEqual(new Set([0]));
});

describe("a row that cannot be read keeps only itself from being left out", () => {
  it.each([
    ["beside all others in one call", ["a", "b", "c"]],
    ["by itself", ["b"]],
  ])("a customer's, %s", async (_, ids) => {
    const world = await activeWorld(["a", "b", "c"]);
    const key = customerKey(world.partnerId, "b");
    const row = (await world.table.get(key)) as Item;
    await world.table.put({ ...row, name: 7 });

    await expect(exclude(world, { ids })).rejects.toMatchObject({ facts: key });

    for (const id of ["a", "c"]) {
      const { leftOut } = (await findCustomer(world.table, world.partnerId, id)) ?? {};
      expect(leftOut ?? null).toEqual(ids.includes(id) ? expect.objectContaining({ by: "user-1" }) : null);
    }
    expect(await world.table.get(key)).toEqual({ ...row, name: 7 });

    // somebody has put it right, and the person repeats the call
    await world.table.put(row);
    expect(await exclude(world, { ids })).toEqual({ accounts: ids.length, services: 0 });
  });

  it("a service's not even that", async () => {
    const world = await activeWorld(["a"]);
    const row = (await world.table.get(serviceKey("sig"))) as Item;
    await world.table.put({ ...row, name: 7 });

    expect(await exclude(world, { kind: "services", ids: ["dns", "sig"] })).toEqual({ accounts: 0, services: 2 });
  });
});

describe("what cannot be left out", () => {
  it("is what nobody knows: nothing is changed then", async () => {
    const world = await activeWorld(["a"]);

    await expect(exclude(world, { ids: ["a", "x"] })).rejects.toMatchObject({ code: "customer.unknown" });
    await expect(exclude(world, { kind: "services", ids: ["dns", "x"] })).rejects.toMatchObject({
      code: "service.unknown",
    });

    expect((await findCustomer(world.table, world.partnerId, "a"))?.leftOut ?? null).toBeNull();
    expect((await world.integration()).leftOutServiceIds).toEqual([]);
  });

  it("is anything before the partner has started", async () => {
    const world = serviceWorld();
    await world.addCustomer("a");

    await expect(exclude(world)).rejects.toMatchObject({ code: "integration.wrong-step" });
  });
});

it("is known to have been decided since what a look has kept, though no look may follow", async () => {
  const world = await activeWorld(["a"]);
  const { token } = await world.integration();
  await suspendIntegration(world.common)({ partnerId: world.partnerId, versionId: token?.versionId ?? "" });

  await exclude(world, { ids: ["a"] });

  const { state, mapping } = await world.integration();
  expect({ state, decidedAt: mapping.decidedAt }).toEqual({
    state: "suspended",
    decidedAt: world.clock.date().toISOString(),
  });
});

it("waits for the end of a pause", async () => {
  const world = await activeWorld(["a", "b"]);
  await pauseFor(world, 10 * 60_000);

  await exclude(world);
  await world.live(2);

  expect(await world.counts()).toMatchObject({ "a/dns": 10 });
  expect(isWanted((await world.integration()).wants.all)).toBe(true);
  await world.live(10);
  expect(await world.counts()).toMatchObject({ "a/dns": 0 });
});
