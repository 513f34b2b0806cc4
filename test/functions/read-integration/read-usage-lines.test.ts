import { describe, expect, it } from "vitest";
import { readUsageLines, type UsageLine } from "#functions/read-integration/read-usage-lines";
import { bucketOf } from "#shared/usage/ledger";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const room = { rows: 200, bytes: 4_500_000 };
const partnerId = "org-1001";

const allPages = async (table: InMemoryTable): Promise<UsageLine[][]> => {
  const pages: UsageLine[][] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await readUsageLines({ table })({ partnerId, room, cursor: cursor });
    pages.push(items);
    if (nextCursor === null) return pages;
    cursor = nextCursor;
  }
};

it("has no doubt where it is the number that Gradient accepted that had no answer once more", async () => {
  const held = { accepted: { unitCount: 15, at: minutesAfter(-60), gen: 2 }, doubt: { unitCount: 15, until: noon } };
  const rows = [anIntegrationRow(), aServiceRow(), aCustomerRow(), aUsageRow(), aLedgerRow([aLedgerEntry(held)])];

  const { items } = await readUsageLines({ table: await aTableWith(...rows) })({ partnerId, room, cursor: undefined });

  expect(items).toMatchObject([{ lastAccepted: { unitCount: 15 }, isInDoubt: false }]);
});

it("is in doubt where a zero had no answer that hides an earlier number without one", async () => {
  const held = {
    accepted: { unitCount: 0, at: minutesAfter(-60), gen: 2 },
    doubt: { unitCount: 0, until: noon, hidesUnits: true as const },
  };
  const rows = [anIntegrationRow(), aServiceRow(), aCustomerRow(), aUsageRow(), aLedgerRow([aLedgerEntry(held)])];

  const { items } = await readUsageLines({ table: await aTableWith(...rows) })({ partnerId, room, cursor: undefined });

  expect(items).toMatchObject([{ lastAccepted: { unitCount: 0 }, isInDoubt: true }]);
});

it("shows each line with what Gradient has accepted for it", async () => {
  const table = await aTableWith(
    anIntegrationRow(),
    aServiceRow(),
    aServiceRow({ id: "svc-edr", name: "Secure Endpoint" }),
    aCustomerRow(),
    aUsageRow({ counts: { "svc-dns": aCount(), "svc-edr": aCount({ unitCount: 0, measuredAt: minutesAfter(-9) }) } }),
    aLedgerRow([
      aLedgerEntry({
        accepted: { unitCount: 15, at: minutesAfter(-60), gen: 2 },
        doubt: { unitCount: 16, until: minutesAfter(-29) },
        last: { outcome: "deferred", at: minutesAfter(-30) },
      }),
    ]),
  );

  expect(await readUsageLines({ table })({ partnerId, room, cursor: undefined })).toEqual({
    items: [
      {
        customerId: "cust-1",
        customerName: "Alder & Finch Solicitors",
        serviceId: "svc-dns",
        serviceName: "DNS Security Essentials",
        unitCount: 17,
        asOf: noon,
        lastAccepted: { unitCount: 15, at: minutesAfter(-60) },
        lastOutcome: "deferred",
        isInDoubt: true,
      },
      {
        customerId: "cust-1",
        customerName: "Alder & Finch Solicitors",
        serviceId: "svc-edr",
        serviceName: "Secure Endpoint",
        unitCount: 0,
        asOf: minutesAfter(-9),
        lastAccepted: null,
        lastOutcome: null,
        isInDoubt: false,
      },
    ],
    nextCursor: null,
  });
});

it("shows a line that goes to zero for a customer who is no longer billed", async () => {
  const table = await aTableWith(
    anIntegrationRow(),
    aServiceRow(),
    aCustomerRow({ removedAt: noon }),
    aUsageRow(),
    aLedgerRow([aLedgerEntry()]),
  );

  const { items } = await readUsageLines({ table })({ partnerId, room, cursor: undefined });

  expect(items).toMatchObject([{ unitCount: 0, asOf: null, lastAccepted: { unitCount: 15 }, lastOutcome: "accepted" }]);
});

it("shows no line of a trial, nor what another connection accepted", async () => {
  const table = await aTableWith(
    anIntegrationRow(),
    aCustomerRow(),
    aCustomerRow({ id: "cust-2", billing: "trial" }),
    aUsageRow(),
    aUsageRow({ customerId: "cust-2" }),
    aLedgerRow([aLedgerEntry()], { connectionId: "connection-0" }),
  );

  const { items } = await readUsageLines({ table })({ partnerId, room, cursor: undefined });

  expect(items).toMatchObject([{ customerId: "cust-1", lastAccepted: null, lastOutcome: null }]);
});

it("takes a service by the name of an object's own property for what it is", async () => {
  const table = await aTableWith(
    anIntegrationRow(),
    aCustomerRow(),
    aLedgerRow([aLedgerEntry({ serviceId: "constructor" })]),
  );

  const { items } = await readUsageLines({ table })({ partnerId, room, cursor: undefined });

  expect(items).toMatchObject([{ serviceId: "constructor", unitCount: null, asOf: null }]);
});

it("is empty before the start of the integration", async () => {
  const table = await aTableWith(aCustomerRow(), aUsageRow());

  expect(await readUsageLines({ table })({ partnerId, room, cursor: undefined })).toEqual({
    items: [],
    nextCursor: null,
  });
});

describe("in pages", () => {
  const serviceIds = ["svc-a", "svc-b", "svc-c"];
  const counts = Object.fromEntries(serviceIds.map((id) => [id, aCount()]));
  const idOf = (index: number) => `cust-${String(index).padStart(4, "0")}`;
  const aBigTable = async (customers: number, ledgerBits = 0) => {
    const rows = Array.from({ length: customers }, (_, index) => [
      aCustomerRow({ id: idOf(index), name: `Customer ${index}` }),
      aUsageRow({ customerId: idOf(index), counts }),
    ]);
    return aTableWith(anIntegrationRow({ ledgerBits }), ...rows.flat());
  };

  it("shows every line once, 200 at a time, in the middle of a customer too", async () => {
    const pages = await allPages(await aBigTable(250));

    expect(pages.map(({ length }) => length)).toEqual([200, 200, 200, 150]);
    expect(pages.flat().map(({ customerId, serviceId }) => [customerId, serviceId])).toEqual(
      Array.from({ length: 250 }, (_, index) => serviceIds.map((serviceId) => [idOf(index), serviceId])).flat(),
    );
  });

  it("gives no cursor behind the last line of a full page", async () => {
    const table = await aTableWith(
      anIntegrationRow(),
      ...Array.from({ length: 100 }, (_, index) => [
        aCustomerRow({ id: idOf(index) }),
        aUsageRow({ customerId: idOf(index), counts: { "svc-a": aCount(), "svc-b": aCount() } }),
      ]).flat(),
    );

    expect((await allPages(table)).map(({ length }) => length)).toEqual([200]);
  });

  it("passes over hundreds of customers without a line", async () => {
    const table = await aBigTable(2);
    for (let index = 10; index < 350; index += 1) await table.put(aCustomerRow({ id: idOf(index), billing: "trial" }));
    await table.put(aCustomerRow({ id: "cust-9999" }));
    await table.put(aUsageRow({ customerId: "cust-9999", counts }));

    const pages = await allPages(table);

    expect(pages.map((page) => [...new Set(page.map(({ customerId }) => customerId))])).toEqual([
      [idOf(0), idOf(1), "cust-9999"],
    ]);
  });

  it("looks at 5,000 customers for a page, whether they have a line or not", async () => {
    const table = await aBigTable(1);
    for (let index = 1; index <= 5_100; index += 1)
      await table.put(aCustomerRow({ id: idOf(index), billing: "trial", removedAt: noon }));
    await table.put(aCustomerRow({ id: "cust-9999" }));
    await table.put(aUsageRow({ customerId: "cust-9999", counts }));

    const pages = await allPages(table);

    expect(pages.map((page) => page.map(({ customerId, serviceId }) => `${customerId} ${serviceId}`))).toEqual([
      serviceIds.map((id) => `${idOf(0)} ${id}`),
      serviceIds.map((id) => `cust-9999 ${id}`),
    ]);
  });

  it("loses and repeats nothing when a customer comes in between two pages", async () => {
    const table = await aBigTable(70);
    const first = await readUsageLines({ table })({ partnerId, room, cursor: undefined });
    await table.put(aCustomerRow({ id: `${idOf(65)}-and-a-half` }));
    await table.put(aUsageRow({ customerId: `${idOf(65)}-and-a-half`, counts }));
    await table.put(aCustomerRow({ id: `${idOf(67)}-and-a-half` }));
    await table.put(aUsageRow({ customerId: `${idOf(67)}-and-a-half`, counts }));

    const second = await readUsageLines({ table })({ partnerId, room, cursor: first.nextCursor ?? "" });

    const last = first.items.at(-1);
    expect([last?.customerId, last?.serviceId]).toEqual([idOf(66), "svc-b"]);
    expect(second.items.map(({ customerId, serviceId }) => `${customerId} ${serviceId}`)).toEqual([
      ...serviceIds.map((it) => `${idOf(65)}-and-a-half ${it}`),
      `${idOf(66)} svc-c`,
      ...[idOf(67), `${idOf(67)}-and-a-half`, idOf(68), idOf(69)].flatMap((id) =>
        serviceIds.map((it) => `${id} ${it}`),
      ),
    ]);
  });

  it("finds what was accepted in a ledger of many rows", async () => {
    const table = await aBigTable(120, 4);
    for (let number = 0; number < 16; number += 1) {
      const its = Array.from({ length: 120 }, (_, index) => idOf(index)).filter((id) => bucketOf(id, 4) === number);
      const entries = its.map((customerId) => aLedgerEntry({ customerId, serviceId: "svc-b" }));
      await table.put(aLedgerRow(entries, { bits: 4, number }));
    }

    const lines = (await allPages(table)).flat();

    expect(lines.filter(({ lastOutcome }) => lastOutcome === "accepted").map(({ serviceId }) => serviceId)).toEqual(
      Array.from({ length: 120 }, () => "svc-b"),
    );
  });
});
