import { expect, it } from "vitest";
import { readPartner } from "#functions/read-partner/read-partner";
import { listCustomers } from "#shared/customers/customer";
import { settlingTally } from "#shared/customers/customer-tally";
import type { Table } from "#shared/table/table";
import { noteMeasured } from "#shared/usage/last-measured";
import { aCustomerRow } from "#test/builders/customer";
import { aPartnerRow } from "#test/builders/partner";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";

const partnerId = "org-1001";
const customers = [
  aCustomerRow({ id: "cust-1" }),
  aCustomerRow({ id: "cust-2", removedAt: minutesAfter(-9) }),
  // of another version of the service: it was told of, too
  { ...aCustomerRow({ id: "cust-3" }), billing: 7 },
];

it("counts whom the feed has told of, and those who are gone", async () => {
  const table = await aTableWith(aPartnerRow(), ...customers, aCustomerRow({ id: "other", partnerId: "org-2" }));

  expect(await readPartner({ table })(partnerId)).toMatchObject({
    partner: { id: partnerId },
    customers: { total: 3, removed: 1 },
    lastMeasuredAt: null,
  });
});

it("reads no customer and no count: of the largest partner they would take too long", async () => {
  const present = customers.slice(0, 2);
  const table = await aTableWith(aPartnerRow(), ...present, aUsageRow());
  await noteMeasured(table, partnerId, { at: minutesAfter(-3) });
  await settlingTally(table, partnerId, () => listCustomers(table, partnerId));
  const read = new Error("read");
  const few: Pick<Table, "get" | "query" | "count"> = {
    get: table.get,
    query: (its) => (its.prefix === "customer-tally#" ? table.query(its) : Promise.reject(read)),
    count: () => Promise.reject(read),
  };

  expect(await readPartner({ table: few })(partnerId)).toMatchObject({
    customers: { total: 2, removed: 1 },
    lastMeasuredAt: noon,
  });
});

it("finds the newest count where it was not noted yet", async () => {
  const counts = {
    "svc-dns": aCount({ measuredAt: minutesAfter(-8) }),
    "svc-edr": aCount({ measuredAt: minutesAfter(-2) }),
  };
  const table = await aTableWith(aPartnerRow(), aUsageRow(), aUsageRow({ customerId: "cust-2", counts }));

  const { lastMeasuredAt } = await readPartner({ table })(partnerId);

  expect(lastMeasuredAt).toBe(aCount().measuredAt);
});

it("knows of nobody whom the feed has not told of", async () => {
  const table = await aTableWith(aPartnerRow());

  await expect(readPartner({ table })("org-404")).rejects.toMatchObject({ code: "partner.unknown" });
});
