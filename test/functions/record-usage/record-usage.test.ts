import { describe, expect, it } from "vitest";
import { recordUsage } from "#functions/record-usage/record-usage";
import type { Table } from "#shared/table/table";
import { findLastMeasured, noteMeasured } from "#shared/usage/last-measured";
import { type Measurement, readUsage } from "#shared/usage/usage";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aServiceRow } from "#test/builders/service";
import { aTableWith, rowsOf, watchedTable } from "#test/builders/table";
import { minutesAfter, noon, now } from "#test/builders/time";
import { aCount, aCustomerUsage, aMeasurement, aUsageRow } from "#test/builders/usage";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
const aFedTable = (...more: Parameters<typeof aTableWith>) =>
  aTableWith(aPartnerRow(), aCustomerRow(), aServiceRow(), aServiceRow({ id: "svc-edr" }), ...more);
const record = (table: Table, ...measurements: Measurement[]) =>
  recordUsage({ table, now })({
    partnerId,
    measurements: measurements.map((measurement, index) => ({ index, record: measurement })),
  });
const countsOf = async (table: Table, customerId = "cust-1") =>
  (await readUsage(table, partnerId, [customerId])).get(customerId)?.counts;

it("keeps several counts of one customer in one write, zero too, and their moment in another", async () => {
  const table = watchedTable(await aFedTable());

  const refused = await record(table, aMeasurement(), aMeasurement({ serviceId: "svc-edr", unitCount: 0 }));

  expect(refused).toEqual([]);
  expect(await readUsage(table, partnerId, ["cust-1"])).toEqual(
    new Map([["cust-1", aCustomerUsage({ counts: { "svc-dns": aCount(), "svc-edr": aCount({ unitCount: 0 }) } })]]),
  );
  expect(table.writes).toBe(2);
});

it("keeps the counts of a customer's other services", async () => {
  const table = await aFedTable(aUsageRow({ counts: { "svc-edr": aCount({ unitCount: 3 }) } }));

  await record(table, aMeasurement());

  expect(await countsOf(table)).toEqual({ "svc-dns": aCount(), "svc-edr": aCount({ unitCount: 3 }) });
});

it.each(["trial", "not-provisioned"] as const)("keeps the counts of a customer that is %s", async (billing) => {
  const table = await aFedTable(aCustomerRow({ billing }));

  expect(await record(table, aMeasurement())).toEqual([]);

  expect(await countsOf(table)).toEqual({ "svc-dns": aCount() });
});

describe("of a customer that was removed and has come back", () => {
  const back = aCustomerRow({ leftAt: minutesAfter(-9) });

  it("what was measured before it went is no count that it has again: that is said", async () => {
    const table = await aFedTable(back);

    const refused = await record(table, aMeasurement({ measuredAt: minutesAfter(-10) }));

    expect(refused).toMatchObject([{ index: 0, code: "usage.before-removal" }]);
    expect(await countsOf(table)).toBeUndefined();
  });

  it("what was measured since is kept", async () => {
    const table = await aFedTable(back);

    expect(await record(table, aMeasurement({ measuredAt: minutesAfter(-9) }))).toEqual([]);

    expect(await countsOf(table)).toEqual({ "svc-dns": aCount({ measuredAt: minutesAfter(-9) }) });
  });
});

describe("of two measurements of one line", () => {
  const stored = aCount({ unitCount: 17, measuredAt: noon });

  it("the newer one stands", async () => {
    const table = await aFedTable(aUsageRow({ counts: { "svc-dns": stored } }));

    await record(table, aMeasurement({ unitCount: 3, measuredAt: minutesAfter(1) }));

    expect(await countsOf(table)).toEqual({ "svc-dns": { unitCount: 3, measuredAt: minutesAfter(1) } });
  });

  it("an older one changes nothing and is no mistake", async () => {
    const inner = await aFedTable(aUsageRow({ counts: { "svc-dns": stored } }));
    await noteMeasured(inner, partnerId, { at: noon });
    const table = watchedTable(inner);

    expect(await record(table, aMeasurement({ unitCount: 3, measuredAt: minutesAfter(-1) }))).toEqual([]);

    expect(await countsOf(table)).toEqual({ "svc-dns": stored });
    expect(table.writes).toBe(0);
  });

  it("a repeat writes nothing", async () => {
    const inner = await aFedTable(aUsageRow({ counts: { "svc-dns": stored } }));
    await noteMeasured(inner, partnerId, { at: noon });
    const table = watchedTable(inner);

    expect(await record(table, aMeasurement())).toEqual([]);

    expect(table.writes).toBe(0);
  });

  it("the later arrival stands if they are of the same time", async () => {
    const table = await aFedTable(aUsageRow({ counts: { "svc-dns": stored } }));

    await record(table, aMeasurement({ unitCount: 18 }));

    expect(await countsOf(table)).toEqual({ "svc-dns": aCount({ unitCount: 18 }) });
  });

  it("the newer one stands, in whatever order one batch has them", async () => {
    const newer = aMeasurement({ unitCount: 2, measuredAt: minutesAfter(2) });
    const older = aMeasurement({ unitCount: 1, measuredAt: minutesAfter(1) });

    for (const batch of [
      [newer, older],
      [older, newer],
    ]) {
      const table = await aFedTable();
      await record(table, ...batch);
      expect(await countsOf(table)).toEqual({ "svc-dns": { unitCount: 2, measuredAt: minutesAfter(2) } });
    }
  });
});

it("names what it refuses and keeps the rest", async () => {
  const table = await aFedTable(aCustomerRow({ id: "cust-gone", removedAt: noon }));

  const refused = await record(
    table,
    aMeasurement({ customerId: "cust-9" }),
    aMeasurement(),
    aMeasurement({ customerId: "cust-gone" }),
    aMeasurement({ serviceId: "svc-9" }),
    aMeasurement({ measuredAt: minutesAfter(5.001) }),
  );

  expect(refused).toEqual([
    {
      index: 0,
      code: "customer.unknown",
      detail: "customerId: There is no such customer. Tell of the customer first, then send the count again.",
    },
    {
      index: 2,
      code: "customer.removed",
      detail: "customerId: The customer was removed. Send no counts of it, or tell of it again first.",
    },
    {
      index: 3,
      code: "service.unknown",
      detail: "serviceId: There is no such service in the catalogue. Put the service first, then send the count again.",
    },
    {
      index: 4,
      code: "usage.from-future",
      detail: "measuredAt: The time lies more than five minutes ahead. Set the clock right, then send the count again.",
    },
  ]);
  expect(await countsOf(table)).toEqual({ "svc-dns": aCount() });
  expect(await countsOf(table, "cust-9")).toBeUndefined();
  expect(await countsOf(table, "cust-gone")).toBeUndefined();
});

it("bears a sender's clock that is five minutes fast", async () => {
  const table = await aFedTable();

  expect(await record(table, aMeasurement({ measuredAt: minutesAfter(5) }))).toEqual([]);

  expect(await countsOf(table)).toEqual({ "svc-dns": aCount({ measuredAt: minutesAfter(5) }) });
});

it("takes the customer of another partner for unknown", async () => {
  const table = await aFedTable(aPartnerRow({ id: "org-2002" }), aCustomerRow({ id: "cust-2", partnerId: "org-2002" }));

  expect(await record(table, aMeasurement({ customerId: "cust-2" }))).toMatchObject([{ code: "customer.unknown" }]);
});

it("knows no usage of a partner that the feed has not told of", async () => {
  const table = await aTableWith(aCustomerRow(), aServiceRow());

  await expect(record(table, aMeasurement())).rejects.toMatchObject({ code: "partner.unknown" });

  expect(await countsOf(table)).toBeUndefined();
});

it("loses no count to another batch for the same customer", async () => {
  const inner = await aFedTable();
  const table = watchedTable(inner, async (call) => {
    if (call === 1) await inner.put(aUsageRow({ counts: { "svc-edr": aCount({ unitCount: 4 }) } }));
  });

  await record(table, aMeasurement());

  expect(await countsOf(inner)).toEqual({ "svc-dns": aCount(), "svc-edr": aCount({ unitCount: 4 }) });
});

it("keeps every count when many batches for one customer come at once", async () => {
  const services = ["svc-1", "svc-2", "svc-3", "svc-4", "svc-5"];
  const table = await aFedTable(...services.map((id) => aServiceRow({ id })));

  await Promise.all(services.map((serviceId) => record(table, aMeasurement({ serviceId }))));

  expect(Object.keys((await countsOf(table)) ?? {}).sort()).toEqual(services);
});

it("takes a service by the name of an object's own property", async () => {
  const table = await aFedTable(aServiceRow({ id: "constructor" }));

  await record(table, aMeasurement({ serviceId: "constructor" }));

  expect(Object.entries((await countsOf(table)) ?? {})).toEqual([["constructor", aCount()]]);
});

it("writes a thousand customers' rows, sixteen at a time", async () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `cust-${index}`);
  const measured = ids.map((customerId) => aUsageRow({ customerId, counts: { "svc-dns": aCount({ unitCount: 1 }) } }));
  const inner = await aFedTable(...ids.map((id) => aCustomerRow({ id })), ...measured);
  let atOnce = 0;
  let most = 0;
  const table: Table = {
    ...inner,
    put: async (...args) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      await inner.put(...args);
      atOnce -= 1;
    },
  };

  expect(await record(table, ...ids.map((customerId) => aMeasurement({ customerId })))).toEqual([]);

  expect((await readUsage(inner, partnerId, ids)).size).toBe(1000);
  expect(most).toBe(16);
});

describe("when a count was measured last", () => {
  const noted = (table: Table) => findLastMeasured(table, partnerId);

  it("is noted, and the newest of a batch is it", async () => {
    const table = await aFedTable();
    expect(await noted(table)).toBeNull();

    await record(
      table,
      aMeasurement({ measuredAt: minutesAfter(-5) }),
      aMeasurement({ serviceId: "svc-edr", measuredAt: minutesAfter(-9) }),
    );

    expect(await noted(table)).toBe(minutesAfter(-5));
  });

  it("is not moved by an older count, nor by one that is refused", async () => {
    const table = await aFedTable();
    await record(table, aMeasurement({ measuredAt: minutesAfter(-5) }));

    await record(table, aMeasurement({ measuredAt: minutesAfter(-6) }));
    await record(table, aMeasurement({ customerId: "nobody", measuredAt: minutesAfter(-1) }));

    expect(await noted(table)).toBe(minutesAfter(-5));
  });

  it("is noted by the repeat of a batch that died before it", async () => {
    const inner = await aFedTable(aUsageRow({ counts: { "svc-dns": aCount({ unitCount: 1 }) } }));
    const dying = watchedTable(inner, (call) => {
      if (call === 2) throw new Error("no answer");
    });
    await expect(record(dying, aMeasurement())).rejects.toThrow("no answer");

    await record(inner, aMeasurement());

    expect(await noted(inner)).toBe(aMeasurement().measuredAt);
  });
});

it("fails as a whole when the table does not answer, and a repeat completes it", async () => {
  const inner = await aFedTable(aCustomerRow({ id: "cust-2" }));
  const dying = watchedTable(inner, (call) => {
    if (call === 2) throw new Error("no answer");
  });
  await inner.put(aUsageRow({ customerId: "cust-2", counts: { "svc-dns": aCount({ unitCount: 1 }) } }));
  const batch = [aMeasurement(), aMeasurement({ customerId: "cust-2" })];

  await expect(record(dying, ...batch)).rejects.toThrow("no answer");
  await record(inner, ...batch);

  expect(await countsOf(inner)).toEqual({ "svc-dns": aCount() });
  expect(await countsOf(inner, "cust-2")).toEqual({ "svc-dns": aCount() });
});

describe("the first measurement of a customer's service", () => {
  const wantsOf = (table: InMemoryTable) => {
    const { wants } = Object(rowsOf(table, `partner#${partnerId}`, "integration")[0]);
    return { isWanted: wants.all.wanted > wants.all.covered, trigger: wants.all.trigger };
  };
  const wanted = { isWanted: true, trigger: "mapping" };

  it("is wanted at once, in the transaction that stores it", async () => {
    const table = watchedTable(await aFedTable(anIntegrationRow()));

    await record(table, aMeasurement());

    expect(wantsOf(table)).toEqual(wanted);
    // the other one notes the moment
    expect(table.writes).toBe(2);
  });

  it("is wanted for a further service of a customer that has others", async () => {
    const table = await aFedTable(anIntegrationRow(), aUsageRow());

    await record(table, aMeasurement({ serviceId: "svc-edr" }));

    expect(wantsOf(table)).toEqual(wanted);
  });

  it.each<[string, Parameters<typeof aTableWith>]>([
    ["is not the first", [anIntegrationRow(), aUsageRow({ counts: { "svc-dns": aCount({ unitCount: 1 }) } })]],
    ["is of a customer that is not billed", [anIntegrationRow(), aCustomerRow({ billing: "trial" })]],
    ["is of a service that is left out", [anIntegrationRow({ leftOutServiceIds: ["svc-dns"] })]],
    ["is of a partner that has still to map", [anIntegrationRow({ state: "awaiting-mapping" })]],
  ])("wants nothing when it %s", async (_, rows) => {
    const table = await aFedTable(...rows);

    await record(table, aMeasurement());

    expect(wantsOf(table)).toMatchObject({ isWanted: false });
    expect(await countsOf(table)).toMatchObject({ "svc-dns": { unitCount: 17 } });
  });

  it("is wanted where the partner becomes active at that moment", async () => {
    const inner = await aFedTable(anIntegrationRow({ state: "awaiting-mapping" }));
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await inner.put(anIntegrationRow({ version: 2 }));
    });

    await record(table, aMeasurement());

    expect(wantsOf(inner)).toEqual(wanted);
  });

  it("is wanted where the service, which was left out, is taken in at that moment", async () => {
    const inner = await aFedTable(anIntegrationRow({ leftOutServiceIds: ["svc-dns"] }));
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await inner.put(anIntegrationRow({ version: 2 }));
    });

    await record(table, aMeasurement());

    expect(wantsOf(inner)).toEqual(wanted);
  });

  it("is wanted where the customer becomes billed at that moment", async () => {
    const inner = await aFedTable(anIntegrationRow(), aCustomerRow({ billing: "trial" }));
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await inner.put(aCustomerRow({ version: 2 }));
    });

    await record(table, aMeasurement());

    expect(wantsOf(inner)).toEqual(wanted);
  });

  it.each([
    ["is removed", { removedAt: minutesAfter(0) }],
    ["is removed and comes back", { leftAt: minutesAfter(1) }],
  ])("is refused, and not stored, where the customer %s at that moment", async (_, change) => {
    const inner = await aFedTable(anIntegrationRow());
    const table = watchedTable(inner, async (call) => {
      if (call === 1) await inner.put(aCustomerRow({ ...change, version: 2 }));
    });

    expect(await record(table, aMeasurement())).toMatchObject([{ index: 0, code: "customer.removed" }]);

    expect(await countsOf(inner)).toBeUndefined();
    expect(wantsOf(inner)).toMatchObject({ isWanted: false });
  });

  it("of a thousand customers takes few transactions, each with its want", async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `cust-${index}`);
    const table = watchedTable(await aFedTable(anIntegrationRow(), ...ids.map((id) => aCustomerRow({ id }))));

    expect(await record(table, ...ids.map((customerId) => aMeasurement({ customerId })))).toEqual([]);

    expect((await readUsage(table, partnerId, ids)).size).toBe(1000);
    expect(table.writes).toBe(22);
  });

  it.each([1, 2])("survives a crash before write %i, once the batch is repeated", async (fatal) => {
    const inner = await aFedTable(anIntegrationRow(), aCustomerRow({ id: "cust-2" }), aUsageRow());
    const dying = watchedTable(inner, (call) => {
      if (call >= fatal) throw new Error("killed");
    });
    const batch = [aMeasurement({ measuredAt: minutesAfter(1) }), aMeasurement({ customerId: "cust-2" })];

    await expect(record(dying, ...batch)).rejects.toThrow("killed");
    expect(wantsOf(inner)).toMatchObject({ isWanted: false });
    await record(inner, ...batch);

    expect(wantsOf(inner)).toEqual(wanted);
    expect(await countsOf(inner, "cust-2")).toEqual({ "svc-dns": aCount() });
  });
});
