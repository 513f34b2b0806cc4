import { expect, it } from "vitest";
import { removeCustomer, removeCustomers } from "#functions/remove-customer/remove-customer";
import { findCustomer, showCustomers } from "#shared/customers/customer";
import { findIntegration } from "#shared/integrations/integration";
import { isWanted, noWants } from "#shared/integrations/record/wants";
import { readUsage } from "#shared/usage/usage";
import { aCustomer, aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aTableWith, owedTasks, watchedTable } from "#test/builders/table";
import { countingIds, minutesAfter, noon } from "#test/builders/time";
import { aUsageRow } from "#test/builders/usage";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
const syncTask = { kind: "sync-accounts", partnerId, reason: "feed" };
const removerOn = (table: InMemoryTable) =>
  removeCustomer({ table, now: () => new Date(minutesAfter(5)), newId: countingIds() });

it("keeps a removed customer without its counts, and owes Gradient the change", async () => {
  const stored = aCustomer({ isMapped: true });
  const table = await aTableWith(aPartnerRow(), anIntegrationRow(), aCustomerRow(stored), aUsageRow());

  await removerOn(table)({ partnerId, customerId: "cust-1" });

  expect(await findCustomer(table, partnerId, "cust-1")).toEqual({
    ...stored,
    removedAt: minutesAfter(5),
    leftAt: minutesAfter(5),
    updatedAt: minutesAfter(5),
    version: 2,
  });
  expect(await readUsage(table, partnerId, ["cust-1"])).toEqual(new Map());
  expect(owedTasks(table)).toEqual([syncTask]);
});

it.each([
  ["a run is under way, which may send what it has planned: taken back right after", "run-1", "billed", true],
  ["no run is under way: the next date brings its zeros", null, "billed", false],
  ["it was not billed", "run-1", "not-provisioned", false],
] as const)("%s", async (_, currentExportId, billing, isWish) => {
  const customer = aCustomerRow(aCustomer({ billing }));
  const table = await aTableWith(aPartnerRow(), anIntegrationRow({ currentExportId }), customer);

  await removerOn(table)({ partnerId, customerId: "cust-1" });

  const wants = (await findIntegration(table, partnerId))?.wants ?? noWants;
  expect(isWanted(wants.all)).toBe(isWish);
});

it("changes nothing when the customer was removed before", async () => {
  const removed = aCustomer({ removedAt: noon });
  const table = watchedTable(await aTableWith(aPartnerRow(), anIntegrationRow(), aCustomerRow(removed)));

  await removerOn(table)({ partnerId, customerId: "cust-1" });

  expect(table.writes).toBe(0);
  expect(await findCustomer(table, partnerId, "cust-1")).toEqual(removed);
});

it("owes nothing to a Gradient that is not connected", async () => {
  const table = await aTableWith(aPartnerRow(), aCustomerRow());

  await removerOn(table)({ partnerId, customerId: "cust-1" });

  expect(owedTasks(table)).toEqual([]);
  expect(await findCustomer(table, partnerId, "cust-1")).toMatchObject({ removedAt: minutesAfter(5) });
});

it("owes the change although the partner connects between our look and our write", async () => {
  const inner = await aTableWith(aPartnerRow(), aCustomerRow());
  const table = watchedTable(inner, async (call) => {
    if (call === 1) await inner.put(anIntegrationRow({ state: "awaiting-mapping" }));
  });

  await removerOn(table)({ partnerId, customerId: "cust-1" });

  expect(owedTasks(inner)).toEqual([syncTask]);
});

it("owes the change of those whom it has removed before another call removed the rest", async () => {
  const ids = Array.from({ length: 60 }, (_, index) => `cust-${index}`);
  const trials = ids.map((id) => aCustomerRow({ id, billing: "trial" }));
  const inner = await aTableWith(aPartnerRow(), anIntegrationRow({ state: "awaiting-agreement" }), ...trials);
  const removerOf = (table: InMemoryTable) =>
    removeCustomers({ table, now: () => new Date(minutesAfter(5)), newId: countingIds() });
  const table = watchedTable(inner, async (call) => {
    if (call !== 2) return;
    // the same batch a second time, and the partner connects after it
    await removerOf(inner)({ partnerId, customerIds: ids });
    await inner.put(anIntegrationRow({ state: "active", version: 2 }));
  });

  await removerOf(table)({ partnerId, customerIds: ids });

  expect(owedTasks(inner)).toEqual([syncTask]);
  expect((await showCustomers(inner, partnerId)).filter(({ removedAt }) => removedAt === null)).toEqual([]);
});

it("loses nothing that another worker notes at the same moment", async () => {
  const inner = await aTableWith(aPartnerRow(), anIntegrationRow(), aCustomerRow());
  const table = watchedTable(inner, async (call) => {
    if (call === 1) await inner.put(aCustomerRow({ isMapped: true, version: 2 }));
  });

  await removerOn(table)({ partnerId, customerId: "cust-1" });

  expect(await findCustomer(inner, partnerId, "cust-1")).toMatchObject({
    isMapped: true,
    removedAt: minutesAfter(5),
    version: 3,
  });
  expect(owedTasks(inner)).toEqual([syncTask]);
});

it.each([
  ["partner", "org-2002", "partner.unknown"],
  ["customer", "org-1001", "customer.unknown"],
])("says so when it does not know the %s", async (_, id, code) => {
  const table = await aTableWith(aPartnerRow());

  await expect(removerOn(table)({ partnerId: id, customerId: "cust-9" })).rejects.toMatchObject({ code });
});

it("does not remove another partner's customer", async () => {
  const table = await aTableWith(aPartnerRow(), aPartnerRow({ id: "org-2002" }), aCustomerRow());

  await expect(removerOn(table)({ partnerId: "org-2002", customerId: "cust-1" })).rejects.toMatchObject({
    code: "customer.unknown",
  });

  expect(await findCustomer(table, partnerId, "cust-1")).toEqual(aCustomer());
});
