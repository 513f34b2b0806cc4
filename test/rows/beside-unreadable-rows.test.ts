import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordUsage } from "#functions/record-usage/record-usage";
import { listCustomers } from "#shared/customers/customer";
import { findTally, settlingTally } from "#shared/customers/customer-tally";
import { verdicts } from "#shared/exports/verdicts";
import type { Item } from "#shared/table/table";
import { findLastMeasured } from "#shared/usage/last-measured";
import { activeWorld, connectedWorld, receiptsOf, send } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const spoil = async (world: ServiceWorld, sk: string, change: object) => {
  const row = (await world.table.get({ pk: "partner#org-1", sk })) as Item;
  await world.table.put({ ...row, ...change });
  return () => world.table.put(row);
};

const unreadable: [what: string, sk: string, change: object][] = [
  ["a customer", "customer#b", { name: 7 }],
  ["a customer's counts", "usage#b", { counts: "canary" }],
];

describe("a look beside customers that cannot be read", () => {
  it("takes the loss of one account for no disconnection: nobody knows that all are gone", async () => {
    const world = await activeWorld(["a", "b", "c"]);
    await spoil(world, "customer#b", { name: 7 });
    await spoil(world, "customer#c", { name: 7 });
    const accounts = world.gradient.organizationOf(world.token)?.accounts;
    accounts?.delete("a");

    expect(await world.sync({ partnerId: "org-1", reason: "feed" })).toBe("synced");
    await world.live(10);

    const { state, looks } = await world.integration();
    expect({ state, looks }).toMatchObject({ state: "active", looks: { suspectedSince: null, mapsAnew: false } });
    expect(accounts?.has("a")).toBe(true);
  });
});

describe("a look beside what it keeps for pages", () => {
  it("keeps anew what looks alike where that cannot be read, though no name has changed", async () => {
    const world = await activeWorld();
    await spoil(world, "look-alikes", { groups: "canary" });

    await world.sync({ partnerId: "org-1", reason: "watch" });

    expect(await world.table.get({ pk: "partner#org-1", sk: "look-alikes" })).toMatchObject({
      groups: expect.any(Array),
    });
  });
});

describe("a look that can read again what it could not", () => {
  it("takes nothing for proven that was accepted before: the account may have been mapped anew meanwhile", async () => {
    const world = await activeWorld();
    const mend = await spoil(world, "usage#b", { counts: "canary" });
    await world.sync({ partnerId: "org-1", reason: "watch" });
    const { proofGen } = await world.integration();
    await mend();

    await world.sync({ partnerId: "org-1", reason: "watch" });

    expect((await world.integration()).proofGen).toBe(proofGen + 1);
  });

  it("comes within a day, however long a partner that still maps has been quiet", async () => {
    const world = await connectedWorld();
    await spoil(world, "usage#b", { counts: "canary" });
    await world.pass(31 * 24 * 60 * 60_000);
    await world.sync({ partnerId: "org-1", reason: "watch" });

    const { mapping } = await world.integration();
    expect(mapping.nextCheckAt).toBe(new Date(world.clock.now() + 24 * 60 * 60_000).toISOString());
  });
});

describe("a run beside a customer that cannot be read", () => {
  it.each(unreadable)("of this one alone has failed, and says why: %s", async (_, sk, change) => {
    const world = await activeWorld();
    await spoil(world, sk, change);

    const run = await send(world, "full", { customerIds: ["b"] });
    const { outcome, reason, totals } = run;

    expect({ outcome, reason, totals }).toMatchObject({
      outcome: "failed",
      reason: null,
      totals: { lines: 2, deferred: 2 },
    });
    const [receipt] = await receiptsOf(world, run);
    expect(receipt).toMatchObject({ customerId: "b", outcome: "deferred", reason: verdicts.unreadable.reason });
  });
});

describe("the zeros of a disconnect", () => {
  it.each(unreadable)("need no row of %s: nothing is left in Gradient", async (_, sk, change) => {
    const world = await activeWorld();
    await spoil(world, sk, change);

    await disconnectIntegration(world.common)({ partnerId: "org-1", by: world.by, finalCounts: "zero" });
    await world.work();
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 0, "c/dns": 0 });
    const { state, closing } = await world.integration();
    expect({ state, closing }).toEqual({ state: "disconnected", closing: null });
  });
});

describe("a note that can be made again", () => {
  it("is made anew where it cannot be read: when anything was measured last", async () => {
    const world = await activeWorld();
    await world.sync({ partnerId: "org-1", reason: "watch" });
    await spoil(world, "last-measured", { at: 7 });
    await world.addCustomer("d");

    expect(await world.sync({ partnerId: "org-1", reason: "feed" })).toBe("synced");
    await spoil(world, "last-measured", { at: 7 });
    const measuredAt = world.clock.date().toISOString();
    const record = { customerId: "a", serviceId: "dns", unitCount: 99, measuredAt };
    const batch = { partnerId: "org-1", measurements: [{ index: 0, record }] };

    expect(await recordUsage(world.common)(batch)).toEqual([]);
    expect(await findLastMeasured(world.table, "org-1")).toBe(measuredAt);
  });

  it("is made anew where it cannot be read: how many customers there are", async () => {
    const world = await activeWorld();
    const spoilTally = () =>
      Promise.all(
        [...world.table.rows.values()]
          .filter(({ sk }) => sk.startsWith("customer-tally#"))
          .map(({ sk }) => spoil(world, sk, { total: "canary" })),
      );
    const { table } = world;
    const told = async (id: string) => {
      await recordCustomers(world.common)({ partnerId: "org-1", customers: [{ id, name: id, billing: "billed" }] });
      await settlingTally(table, "org-1", () => listCustomers(table, "org-1"));
      return findTally(table, "org-1");
    };
    expect(await told("d")).toMatchObject({ total: 4 });
    expect(await spoilTally()).not.toEqual([]);
    expect(await told("e")).toMatchObject({ total: 5 });
  });
});
