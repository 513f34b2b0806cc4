import { describe, expect, it } from "vitest";
import { leaveOut } from "#functions/leave-out/leave-out";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { type MappingItem, readMappingItems } from "#functions/read-integration/mapping/read-mapping-items";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { manyCustomers } from "#shared/customers/kept-coverage";
import { listReadableUsage } from "#shared/usage/usage";
import { activeWorld, connectedWorld, customersNamed, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import type { ServiceWorld } from "#test/fakes/service-world";

const mappingOf = (world: ServiceWorld) => readMapping({ table: world.table })(world.partnerId);
const itemsOf = async (world: ServiceWorld, kind: "accounts" | "services", status?: MappingItem["status"]) => {
  const all: MappingItem[] = [];
  const pages: number[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await readMappingItems({ table: world.table })({
      partnerId: world.partnerId,
      kind,
      status,
      cursor,
      room: { rows: 200, bytes: 1_000_000 },
    });
    all.push(...page.items);
    pages.push(page.items.length);
    if (page.nextCursor === null) return { all, pages };
    cursor = page.nextCursor;
  }
};
const exclude = (world: ServiceWorld, kind: "accounts" | "services", ...ids: string[]) =>
  leaveOut(world.common)({ partnerId: world.partnerId, by: world.by, kind, ids, reason: "On purpose" });
const feed = (world: ServiceWorld, ...customers: Parameters<typeof aCustomerRecord>[0][]) =>
  recordCustomers(world.common)({ partnerId: world.partnerId, customers: customers.map(aCustomerRecord) });

/** Customers of every kind, of which `mapped` and `left-out` were mapped once. */
const aMixedWorld = async () => {
  const world = await activeWorld(["mapped", "left-out", "unmapped"], { mapped: ["mapped", "left-out"] });
  await feed(
    world,
    { id: "trial", billing: "trial" },
    { id: "none", billing: "not-provisioned" },
    { id: "gone", billing: "billed" },
  );
  for (const id of ["trial", "none", "gone"]) await world.setUsage(id, { dns: 5 });
  await world.live(1);
  await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "gone" });
  await exclude(world, "accounts", "left-out");
  await world.live(2);
  return world;
};

describe("every unit of the source", () => {
  it("is billed, or unmapped, or left out, and said to be so", async () => {
    const world = await aMixedWorld();

    const { all } = await itemsOf(world, "accounts");
    const { usage } = await listReadableUsage(world.table, world.partnerId);
    const unitsOf = (ids: string[]) =>
      ids
        .flatMap((id) => Object.values(usage.get(id)?.counts ?? {}))
        .reduce((sum, { unitCount }) => sum + unitCount, 0);
    const billed = Object.values(await world.counts()).reduce((sum, count) => sum + count, 0);
    const unbilled = all.reduce((sum, { unbilledUnits }) => sum + unbilledUnits, 0);
    expect(billed).toBe(10);
    expect(billed + unbilled).toBe(unitsOf([...usage.keys()]));

    const { accounts, leftOut } = await mappingOf(world);
    expect({ accounts, leftOut }).toEqual({
      accounts: { total: 2, mapped: 1, unknown: 0 },
      leftOut: { accounts: 1, services: 0, trial: 1, notProvisioned: 1 },
    });
    expect(accounts.total + leftOut.accounts + leftOut.trial + leftOut.notProvisioned).toBe(5);
    expect(all.length).toBe(5 - accounts.mapped);
  });

  it("is said with a reason, and by whom it was left out", async () => {
    const world = await aMixedWorld();

    const { all } = await itemsOf(world, "accounts", "left-out");

    expect(all.map(({ id, leftOut }) => [id, leftOut])).toEqual([
      ["left-out", { reason: "chosen", note: "On purpose", by: "user-1", at: expect.any(String) }],
      ["none", { reason: "not-provisioned", note: null, by: null, at: null }],
      ["trial", { reason: "trial", note: null, by: null, at: null }],
    ]);
    expect((await itemsOf(world, "accounts", "unmapped")).all).toMatchObject([
      { id: "unmapped", name: "Customer unmapped", unbilledUnits: 10, status: "unmapped", wasMappedAt: null },
    ]);
  });

  it("of a service that is left out is listed there, and not with the accounts", async () => {
    const world = await activeWorld(["a", "b"], { mapped: ["a"] });
    for (const id of ["a", "b"]) await world.setUsage(id, { dns: 10, sig: 7 });
    await exclude(world, "services", "sig");
    await world.live(1);

    expect((await itemsOf(world, "services")).all).toMatchObject([
      { id: "sig", unbilledUnits: 14, status: "left-out", leftOut: { note: "On purpose", by: "user-1" } },
    ]);
    expect((await itemsOf(world, "accounts")).all).toMatchObject([{ id: "b", unbilledUnits: 10 }]);
    expect(await mappingOf(world)).toMatchObject({
      services: { total: 1, mapped: 1 },
      leftOut: { services: 1 },
      unmapped: { services: [] },
    });
  });
});

describe("what was mapped once", () => {
  it("and is not any more is listed with its units, and when it was mapped", async () => {
    const world = await activeWorld(["a", "b"]);
    world.gradient.mapAccount(world.token, "a", false);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });

    expect((await itemsOf(world, "accounts")).all).toMatchObject([
      { id: "a", unbilledUnits: 10, wasMappedAt: expect.any(String) },
    ]);
  });

  it.each(["the same", "another"])("is told so after a reconnect by %s connection", async (which) => {
    const world = await activeWorld(["a", "b"]);
    const { connection } = world.gradient.organizationOf(world.token) ?? {};
    world.gradient.disconnect(world.token);
    world.gradient.addOrganization({
      token: world.token,
      organizationId: connection?.organizationId ?? "",
      ...(which === "the same" ? { integrationId: connection?.integrationId ?? "" } : {}),
    });
    await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
    await world.live(1);

    const { all } = await itemsOf(world, "accounts");
    expect(all.map(({ id, wasMappedAt }) => [id, typeof wasMappedAt])).toEqual([
      ["a", "string"],
      ["b", "string"],
    ]);
    const services = (await itemsOf(world, "services")).all;
    expect(services.map(({ id, wasMappedAt }) => [id, typeof wasMappedAt]).toSorted()).toEqual([
      ["dns", "string"],
      ["sig", "string"],
    ]);
  });
});

describe("customers that look alike", () => {
  it("are found when customers change, and kept: who opens the page does not wait for it", async () => {
    const world = await connectedWorld(["a"]);
    await feed(
      world,
      { id: "n1", name: "Northgate Logistics" },
      { id: "n2", name: "NORTHGATE LOGISTICS" },
      { id: "n3", name: "Northgate Logistics", billing: "trial" },
    );
    await world.live(1);

    expect((await mappingOf(world)).lookAlikes).toMatchObject([
      {
        customerIds: ["n1", "n2"],
        names: ["Northgate Logistics", "NORTHGATE LOGISTICS"],
        why: expect.stringContaining("case"),
      },
    ]);
    const row = async () => world.table.get({ pk: `partner#${world.partnerId}`, sk: "look-alikes" });
    const before = await row();
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    expect(await row()).toBe(before);

    await feed(world, { id: "n2", name: "Another" });
    await world.live(1);
    expect((await mappingOf(world)).lookAlikes).toEqual([]);
  });
});

describe("the page of a partner with very many customers", () => {
  const aLargeWorld = async () => {
    const world = await connectedWorld(customersNamed(manyCustomers));
    world.map(["c0", "c1"]);
    await send(world);
    await world.live(2);
    return world;
  };

  it("is a few reads, however many customers there are", async () => {
    const world = await aLargeWorld();
    const reads: string[] = [];
    const table = {
      get: (key: Parameters<typeof world.table.get>[0]) => {
        reads.push(key.sk);
        return world.table.get(key);
      },
      getMany: () => Promise.reject(new Error("Nobody looks alike")),
      query: () => Promise.reject(new Error("No list is read")),
    };

    const { accounts, unmapped, more, countedAt } = await readMapping({ table })(world.partnerId);

    expect(accounts).toEqual({ total: manyCustomers, mapped: 2, unknown: 0 });
    expect(unmapped.accounts).toHaveLength(100);
    expect(more.accounts).toBe(manyCustomers - 102);
    expect(countedAt).toEqual(expect.any(String));
    expect(reads.toSorted()).toEqual(["coverage", "integration", "look-alikes"]);
  });

  it("does not show what was true with an earlier token", async () => {
    const world = await aLargeWorld();
    const text = world.gradient.regenerateKey(world.token);
    await world.register({ partnerId: world.partnerId, text, by: world.by });

    expect(await mappingOf(world)).toMatchObject({ accounts: { mapped: 0 }, countedAt: null });
  });

  it("lists all gaps in pages, some of which may be empty", async () => {
    const world = await connectedWorld(customersNamed(1_150));
    world.map(customersNamed(1_100));
    await send(world);
    await world.live(1);

    const { all, pages } = await itemsOf(world, "accounts", "unmapped");

    expect(all).toHaveLength(50);
    expect(pages.length).toBeLessThanOrEqual(3);
  });
});

it("has nothing to list of a partner that has not started", async () => {
  const { connect: _, ...world } = await connectedWorld(["a"]);
  const request = { partnerId: "another", kind: "accounts", room: { rows: 200, bytes: 1_000_000 } } as const;

  expect(await readMappingItems({ table: world.table })(request)).toEqual({ items: [], nextCursor: null });
});
