import { describe, expect, it } from "vitest";
import { leaveOut } from "#functions/leave-out/leave-out";
import { putPartner } from "#functions/put-partner/put-partner";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { removeCustomers } from "#functions/remove-customer/remove-customer";
import { listCustomers, showCustomers } from "#shared/customers/customer";
import { findTally, settlingTally } from "#shared/customers/customer-tally";
import { integrationWrite } from "#shared/integrations/integration";
import { isConflict, retryOnConflict, type Table } from "#shared/table/table";
import { aCustomerRecord, aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { seededRandom } from "#test/builders/seeded-random";
import { aTableWith, rowsOf } from "#test/builders/table";
import { countingIds, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { serviceWorld } from "#test/fakes/service-world";

const partnerId = "org-1001";
const profile = { name: "Example MSP", owner: { name: "Dana", email: "dana@msp.example" }, timeZone: "UTC" };
const by = { actor: "user-1", actorName: null, address: null };
const list = (table: Table) => showCustomers(table, partnerId);

const aFed = async () => {
  const table = await aTableWith(anIntegrationRow());
  const common = { table, now, newId: countingIds() };
  await putPartner(common)({ id: partnerId, profile });
  const decide = (ids: string[], reason: string | null) =>
    leaveOut(common)({ partnerId, kind: "accounts", ids, reason, by });
  return {
    table,
    record: (ids: string[]) =>
      recordCustomers(common)({
        partnerId,
        customers: ids.map((id) => aCustomerRecord({ id, name: `Customer ${id}` })),
      }),
    remove: (customerIds: string[]) => removeCustomers(common)({ partnerId, customerIds }),
    exclude: (ids: string[]) => decide(ids, "Has a contract of its own"),
    include: (ids: string[]) => decide(ids, null),
  };
};

const counted = async (table: Table) => {
  const customers = await list(table);
  const present = customers.filter(({ removedAt }) => removedAt === null);
  return {
    total: customers.length,
    removed: customers.length - present.length,
    leftOut: present.filter(({ leftOut }) => leftOut).length,
  };
};

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `cust-${from + index}`);

describe("the tally of a partner's customers", () => {
  it("begins with the partner, and follows those who come, go, come back and are left out", async () => {
    const { table, record, remove, exclude, include } = await aFed();
    expect(await findTally(table, partnerId)).toEqual({ total: 0, removed: 0, leftOut: 0 });

    await record(many(5));
    expect(await exclude(many(2))).toEqual({ accounts: 2, services: 0 });
    await remove(["cust-0", "cust-4"]);
    expect(await findTally(table, partnerId)).toEqual({ total: 5, removed: 2, leftOut: 1 });

    await record(["cust-0"]);
    expect(await findTally(table, partnerId)).toEqual({ total: 5, removed: 1, leftOut: 2 });
    expect(await include(many(2))).toEqual({ accounts: 0, services: 0 });
    expect(await findTally(table, partnerId)).toEqual({ total: 5, removed: 1, leftOut: 0 });
  });

  it("stays what counting gives, whoever comes at once", async () => {
    const { table, ...calls } = await aFed();
    const random = seededRandom(11);
    const some = () => many(1 + Math.floor(random() * 120), Math.floor(random() * 300));
    const known = async (ids: string[]) => {
      const all = new Set((await list(table)).map(({ id }) => id));
      return ids.filter((id) => all.has(id));
    };
    const act = async () => {
      const name = (["record", "remove", "exclude", "include"] as const)[Math.floor(random() * 4)] ?? "record";
      const ids = name === "record" ? some() : await known(some());
      if (ids.length > 0) await calls[name](ids);
    };
    await calls.record(many(200));
    for (let round = 0; round < 25; round += 1) {
      // whoever loses ten times over to others is told so, as ever, and has changed nothing
      for (const result of await Promise.allSettled([act(), act(), act()])) {
        if (result.status === "rejected" && !isConflict(result.reason)) throw result.reason;
      }
      expect(await findTally(table, partnerId)).toEqual(await counted(table));
    }
  });

  it("writes no row more for customers who only get another name", async () => {
    const { table, record } = await aFed();
    await record(many(3));
    const before = rowsOf(table, `partner#${partnerId}`, "customer-tally#");

    await retryOnConflict(() =>
      recordCustomers({ table, now, newId: countingIds() })({
        partnerId,
        customers: [aCustomerRecord({ id: "cust-1", name: "Another" })],
      }),
    );

    expect(rowsOf(table, `partner#${partnerId}`, "customer-tally#")).toEqual(before);
  });

  it("has a transaction of 500 customers within what a transaction takes, each way", async () => {
    const { record, exclude, include, remove, table } = await aFed();
    await record(many(500));
    expect(await exclude(many(500))).toMatchObject({ accounts: 500 });
    expect(await include(many(500))).toMatchObject({ accounts: 0 });
    await remove(many(500));

    expect(await findTally(table, partnerId)).toEqual({ total: 500, removed: 500, leftOut: 0 });
  });
});

describe("of a partner who was there before there were tallies", () => {
  const aPartnerOfBefore = () =>
    aTableWith(
      anIntegrationRow(),
      aCustomerRow({ id: "cust-0" }),
      aCustomerRow({ id: "cust-1", removedAt: now().toISOString() }),
    );
  const settle = (table: InMemoryTable, meanwhile: () => Promise<unknown> = async () => undefined) =>
    settlingTally(table, partnerId, async () => {
      const listed = await listCustomers(table, partnerId);
      await meanwhile();
      return listed;
    });

  it("a look counts the customers, and whatever changes from then on is counted with them", async () => {
    const table = await aPartnerOfBefore();
    const common = { table, now, newId: countingIds() };
    await putPartner(common)({ id: partnerId, profile });
    // changes are noted before there is anything that they could be added to
    await recordCustomers(common)({ partnerId, customers: [aCustomerRecord({ id: "cust-2" })] });
    expect(await findTally(table, partnerId)).toBeUndefined();

    await settle(table);
    expect(await findTally(table, partnerId)).toEqual({ total: 3, removed: 1, leftOut: 0 });

    await removeCustomers(common)({ partnerId, customerIds: ["cust-0"] });
    expect(await findTally(table, partnerId)).toEqual({ total: 3, removed: 2, leftOut: 0 });
  });

  it("nothing is settled by a list without a customer that cannot be read", async () => {
    const table = await aPartnerOfBefore();
    await settle(table);
    await table.put({ ...aCustomerRow({ id: "cust-0" }), name: 7 });

    await settle(table);

    expect(await findTally(table, partnerId)).toEqual({ total: 2, removed: 1, leftOut: 0 });
  });

  it("nothing is settled by a list that was another before it was read through", async () => {
    const table = await aPartnerOfBefore();
    const common = { table, now, newId: countingIds() };
    await putPartner(common)({ id: partnerId, profile });

    await settle(table, () => removeCustomers(common)({ partnerId, customerIds: ["cust-0"] }));
    expect(await findTally(table, partnerId)).toBeUndefined();

    await settle(table);
    expect(await findTally(table, partnerId)).toEqual({ total: 2, removed: 2, leftOut: 0 });
  });

  it("what a version without tallies has changed since is set right by the next look", async () => {
    const table = await aPartnerOfBefore();
    await settle(table);
    await table.put(aCustomerRow({ id: "cust-9" }));

    await settle(table);

    expect(await findTally(table, partnerId)).toEqual({ total: 3, removed: 1, leftOut: 0 });
  });

  it("the look at a partner with very many customers is that look, and notes when they were measured last", async () => {
    const world = serviceWorld();
    await world.addService("dns");
    await world.addCustomer("a");
    await world.setUsage("a", { dns: 7 });
    await world.connect();
    const integration = await world.integration();
    const mapping = { ...integration.mapping, isCoverageKept: true };
    await world.table.transact([integrationWrite({ ...integration, mapping })]);

    await world.sync({ partnerId: world.partnerId, reason: "feed" });

    expect(await findTally(world.table, world.partnerId)).toEqual({ total: 1, removed: 0, leftOut: 0 });
    expect(await world.table.get({ pk: "partner#org-1", sk: "last-measured" })).toMatchObject({ isWhole: true });
  });
});
