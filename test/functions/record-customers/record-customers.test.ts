import { describe, expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { findCustomer, showCustomers } from "#shared/customers/customer";
import { findIntegration } from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { isWanted, noWants } from "#shared/integrations/record/wants";
import { aCustomer, aCustomerRecord, aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aTableWith, owedTasks, rowsOf, watchedTable } from "#test/builders/table";
import { countingIds, minutesAfter, noon } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
const syncTask = { kind: "sync-accounts", partnerId, reason: "feed" };
const later = () => new Date(minutesAfter(5));
const recorderOn = (table: InMemoryTable) => recordCustomers({ table, now: later, newId: countingIds() });
const manyCustomers = (count: number) =>
  Array.from({ length: count }, (_, index) => aCustomerRecord({ id: `cust-${index}` }));

it("keeps new customers and owes Gradient their accounts", async () => {
  const table = await aTableWith(aPartnerRow(), anIntegrationRow());

  await recorderOn(table)({
    partnerId,
    customers: [aCustomerRecord(), aCustomerRecord({ id: "cust-2", name: "Kestrel Aviation", billing: "trial" })],
  });

  expect(await showCustomers(table, partnerId)).toEqual([
    {
      id: "cust-1",
      name: "Alder & Finch Solicitors",
      billing: "billed",
      partnerId,
      removedAt: null,
      retiredAt: null,
      isMapped: null,
      updatedAt: minutesAfter(5),
      version: 1,
    },
    aCustomer({ id: "cust-2", name: "Kestrel Aviation", billing: "trial", updatedAt: minutesAfter(5) }),
  ]);
  expect(owedTasks(table)).toEqual([syncTask]);
});

describe("a customer that is billed no more", () => {
  it.each([
    [
      "a run is under way, which may send what it has planned: taken back right after",
      "run-1",
      "not-provisioned",
      true,
    ],
    ["no run is under way: the next date brings its zeros", null, "not-provisioned", false],
    ["it is billed all the same, under another name", "run-1", "billed", false],
  ] as const)("%s", async (_, currentExportId, billing, isWish) => {
    const record = anIntegrationRow({ currentExportId });
    const table = await aTableWith(aPartnerRow(), record, aCustomerRow(aCustomer({ billing: "billed" })));

    await recorderOn(table)({ partnerId, customers: [aCustomerRecord({ name: "Alder Solicitors", billing })] });

    const wants = (await findIntegration(table, partnerId))?.wants ?? noWants;
    expect(isWanted(wants.all)).toBe(isWish);
  });
});

describe("a customer that is billed from now on", () => {
  const leftOut = { note: "Has a contract of its own", by: "person-1", at: noon };
  it.each([
    ["has been counted all along: its lines are wanted at once", { billing: "trial" }, true],
    ["has no lines where a person has left it out", { billing: "trial", leftOut }, false],
    ["has no lines under another name either, where a person has left it out", { name: "Alder", leftOut }, false],
  ] as const)("%s", async (_, held, isWish) => {
    const table = await aTableWith(aPartnerRow(), anIntegrationRow(), aCustomerRow(aCustomer(held)));

    await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

    const wants = (await findIntegration(table, partnerId))?.wants ?? noWants;
    expect(isWanted(wants.all)).toBe(isWish);
    expect(owedTasks(table)).toEqual([syncTask]);
  });
});

it.each([
  ["name", { name: "Alder Solicitors" }],
  ["billing", { billing: "not-provisioned" as const }],
])("takes a new %s over and keeps what is known of the mapping", async (_, change) => {
  const stored = aCustomer({ isMapped: true });
  const table = await aTableWith(aPartnerRow(), aCustomerRow(stored));

  await recorderOn(table)({ partnerId, customers: [aCustomerRecord(change)] });

  expect(await findCustomer(table, partnerId, "cust-1")).toEqual({
    ...stored,
    ...change,
    updatedAt: minutesAfter(5),
    version: 2,
  });
});

it("brings a removed customer back, with the moment at which it went; its account is still retired", async () => {
  const removed = aCustomer({ removedAt: noon, retiredAt: noon });
  const table = await aTableWith(aPartnerRow(), anIntegrationRow(), aCustomerRow(removed));

  await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

  expect(await findCustomer(table, partnerId, "cust-1")).toEqual({
    ...removed,
    removedAt: null,
    leftAt: noon,
    updatedAt: minutesAfter(5),
    version: 2,
  });
  expect(owedTasks(table)).toEqual([syncTask]);
});

it("writes and owes nothing for customers that it has", async () => {
  const table = watchedTable(await aTableWith(aPartnerRow(), anIntegrationRow(), aCustomerRow()));

  await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

  expect(table.writes).toBe(0);
});

it("writes nothing for an empty batch", async () => {
  const table = watchedTable(await aTableWith(aPartnerRow(), anIntegrationRow()));

  await recorderOn(table)({ partnerId, customers: [] });

  expect(table.writes).toBe(0);
});

it("lets the later of two records with one id stand", async () => {
  const table = await aTableWith(aPartnerRow());

  await recorderOn(table)({
    partnerId,
    customers: [aCustomerRecord({ name: "Earlier" }), aCustomerRecord({ name: "Later" })],
  });

  expect(await showCustomers(table, partnerId)).toEqual([aCustomer({ name: "Later", updatedAt: minutesAfter(5) })]);
});

it("keeps customers of two partners apart", async () => {
  const other = aCustomer({ partnerId: "org-2002", name: "Somebody else's" });
  const table = await aTableWith(aPartnerRow(), aCustomerRow(other));

  await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

  expect(await findCustomer(table, "org-2002", "cust-1")).toEqual(other);
});

it("knows no customers of a partner that the feed has not told of", async () => {
  const table = await aTableWith();

  await expect(recorderOn(table)({ partnerId, customers: [aCustomerRecord()] })).rejects.toMatchObject({
    code: "partner.unknown",
  });

  expect(table.rows.size).toBe(0);
});

describe("the task for Gradient's accounts", () => {
  it.each(["awaiting-mapping", "active"] as const)("is owed while the integration is %s", async (state) => {
    const table = await aTableWith(aPartnerRow(), anIntegrationRow({ state }));

    await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

    expect(owedTasks(table)).toEqual([syncTask]);
  });

  it.each(["awaiting-token", "awaiting-agreement", "suspended", "disconnected"] as const)(
    "is not owed while the integration is %s",
    async (state) => {
      const table = await aTableWith(aPartnerRow(), anIntegrationRow({ state }));

      await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

      expect(owedTasks(table)).toEqual([]);
      expect(await showCustomers(table, partnerId)).toHaveLength(1);
    },
  );

  it("is owed although the partner connects between our look and our write", async () => {
    const inner = await aTableWith(aPartnerRow(), anIntegrationRow({ state: "awaiting-agreement" }));
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await inner.put(anIntegrationRow({ state: "awaiting-mapping", version: 2 }));
    });

    await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

    expect(owedTasks(inner)).toEqual([syncTask]);
  });

  it("is owed although the partner starts and connects between our look and our write", async () => {
    const inner = await aTableWith(aPartnerRow());
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await inner.put(anIntegrationRow({ state: "awaiting-mapping" }));
    });

    await recorderOn(table)({ partnerId, customers: [aCustomerRecord()] });

    expect(owedTasks(inner)).toEqual([syncTask]);
  });

  it("is owed once for a whole batch, with its last write", async () => {
    const inner = await aTableWith(aPartnerRow(), anIntegrationRow());
    const seen: [customers: number, tasks: number][] = [];
    const table = watchedTable(inner, async () => {
      seen.push([(await showCustomers(inner, partnerId)).length, owedTasks(inner).length]);
    });

    await recorderOn(table)({ partnerId, customers: manyCustomers(500) });

    expect(await showCustomers(inner, partnerId)).toHaveLength(500);
    expect(owedTasks(inner)).toEqual([syncTask]);
    expect(seen).toEqual([
      [0, 0],
      [97, 0],
      [194, 0],
      [291, 0],
      [388, 0],
      [485, 0],
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6])("survives a crash before write %i, once the batch is repeated", async (fatal) => {
    const inner = await aTableWith(aPartnerRow(), anIntegrationRow());
    const dying = watchedTable(inner, (call) => {
      if (call >= fatal) throw new Error("killed");
    });
    const batch = { partnerId, customers: manyCustomers(500) };

    await expect(recorderOn(dying)(batch)).rejects.toThrow("killed");
    expect(owedTasks(inner)).toEqual([]);
    await recorderOn(inner)(batch);

    expect(await showCustomers(inner, partnerId)).toHaveLength(500);
    expect(owedTasks(inner)).toEqual([syncTask]);
  });

  it("is there after a crash behind the last write", async () => {
    const inner = await aTableWith(aPartnerRow(), anIntegrationRow());
    const dying: InMemoryTable = {
      ...inner,
      transact: async (writes) => {
        await inner.transact(writes);
        throw new Error("killed");
      },
    };

    await expect(recorderOn(dying)({ partnerId, customers: [aCustomerRecord()] })).rejects.toThrow("killed");

    expect(owedTasks(inner)).toEqual([syncTask]);
  });

  it("is owed for what was written before another call wrote the rest", async () => {
    const inner = await aTableWith(aPartnerRow(), anIntegrationRow({ state: "awaiting-agreement" }));
    const batch = { partnerId, customers: manyCustomers(100) };
    const table = watchedTable(inner, async (call) => {
      if (call !== 2) return;
      // the same batch a second time, and the partner connects after it
      await recordCustomers({ table: inner, now: later, newId: countingIds() })(batch);
      await inner.put(anIntegrationRow({ state: "active", version: 2 }));
    });

    await recorderOn(table)(batch);

    expect(owedTasks(inner)).toEqual([syncTask]);
    expect(await showCustomers(inner, partnerId)).toHaveLength(100);
  });

  it("is not owed again while a look is on its way, which will see the change", async () => {
    const table = await aTableWith(aPartnerRow(), anIntegrationRow());
    await recorderOn(table)({ partnerId, customers: manyCustomers(1) });
    await recorderOn(table)({ partnerId, customers: manyCustomers(3) });

    expect(owedTasks(table)).toEqual([syncTask]);
  });

  it("is not owed while a look is under way, which is followed by another then", async () => {
    const looks = { ...noLooks, holder: "worker-1", until: minutesAfter(7), asked: 1 };
    const table = await aTableWith(aPartnerRow(), anIntegrationRow({ looks }));

    await recorderOn(table)({ partnerId, customers: manyCustomers(1) });

    expect(owedTasks(table)).toEqual([]);
    expect(rowsOf(table, `partner#${partnerId}`, "integration")).toMatchObject([{ looks: { asked: 2, met: 0 } }]);
  });

  it("never exceeds what one transaction holds", async () => {
    const inner = await aTableWith(aPartnerRow(), anIntegrationRow());
    const sizes: number[] = [];
    const table: InMemoryTable = {
      ...inner,
      transact: async (writes) => {
        sizes.push(writes.length);
        await inner.transact(writes);
      },
    };

    await recorderOn(table)({ partnerId, customers: manyCustomers(194) });

    expect(sizes).toEqual([98, 100]);
  });
});
