import { expect, it } from "vitest";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { readMappingItems } from "#functions/read-integration/mapping/read-mapping-items";
import { keepCoverage } from "#shared/customers/kept-coverage";
import { noMapping } from "#shared/integrations/integration";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { aCount, aUsageRow } from "#test/builders/usage";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";

const partnerId = "org-1001";
const waiting = {
  ...noMapping,
  waitingSince: minutesAfter(-100),
  lastCheckedAt: minutesAfter(-5),
  mappedServiceIds: ["svc-dns"],
};
const read = async (...rows: Parameters<typeof aTableWith>) =>
  readMapping({ table: await aTableWith(anIntegrationRow({ mapping: waiting }), ...rows) })(partnerId);

it("tells coverage as it is, whatever was counted at the last look", async () => {
  expect(await read(aCustomerRow(), aUsageRow(), aLedgerRow([aLedgerEntry()]))).toEqual({
    status: "waiting",
    waitingSince: minutesAfter(-100),
    completedAt: null,
    lastCheckedAt: minutesAfter(-5),
    countedAt: null,
    lastChanges: null,
    accounts: { total: 1, mapped: 1, unknown: 0 },
    services: { total: 1, mapped: 1, unknown: 0 },
    unbilledUnits: 0,
    leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
    lookAlikes: [],
    more: { lookAlikes: 0, accounts: 0, services: 0 },
    unmapped: { accounts: [], services: [] },
  });
});

it("is complete once Gradient has accepted a count", async () => {
  const table = await aTableWith(anIntegrationRow({ mapping: { ...waiting, completedAt: noon } }));

  expect(await readMapping({ table })(partnerId)).toMatchObject({ status: "complete", completedAt: noon });
});

it("has zeros for a partner who has not started", async () => {
  expect(await readMapping({ table: await aTableWith(aCustomerRow()) })(partnerId)).toEqual({
    status: "waiting",
    waitingSince: null,
    completedAt: null,
    lastCheckedAt: null,
    countedAt: null,
    lastChanges: null,
    accounts: { total: 0, mapped: 0, unknown: 0 },
    services: { total: 0, mapped: 0, unknown: 0 },
    unbilledUnits: 0,
    leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
    lookAlikes: [],
    more: { lookAlikes: 0, accounts: 0, services: 0 },
    unmapped: { accounts: [], services: [] },
  });
});

it("names the accounts that are not mapped with the units they use, most first", async () => {
  const { unmapped } = await read(
    aCustomerRow({ id: "told", name: "Told", isMapped: true }),
    aCustomerRow({ id: "told-not", name: "Told not", isMapped: false }),
    aCustomerRow({ id: "not-told", name: "Not told" }),
    aCustomerRow({ id: "proven", name: "Proven" }),
    aCustomerRow({ id: "undone", name: "Undone" }),
    aCustomerRow({ id: "tried", name: "Tried" }),
    aCustomerRow({ id: "waiting", name: "Waiting" }),
    aCustomerRow({ id: "trial", name: "Trial", billing: "trial" }),
    aCustomerRow({ id: "gone", name: "Gone", removedAt: noon }),
    aUsageRow({ customerId: "told-not", counts: { "svc-dns": aCount({ unitCount: 5 }) } }),
    aUsageRow({
      customerId: "not-told",
      counts: { "svc-dns": aCount({ unitCount: 40 }), "svc-edr": aCount({ unitCount: 2 }) },
    }),
    aUsageRow({ customerId: "trial", counts: { "svc-dns": aCount({ unitCount: 99 }) } }),
    aLedgerRow([
      aLedgerEntry({ customerId: "proven" }),
      aLedgerEntry({ customerId: "undone", last: { outcome: "unmapped", at: noon } }),
      aLedgerEntry({ customerId: "tried", accepted: null, last: { outcome: "unmapped", at: noon } }),
      aLedgerEntry({ customerId: "waiting", accepted: null, last: { outcome: "deferred", at: noon } }),
    ]),
  );

  expect(unmapped.accounts).toEqual([
    { id: "not-told", name: "Not told", unbilledUnits: 42, wasMappedAt: null, isKnown: false },
    { id: "told-not", name: "Told not", unbilledUnits: 5, wasMappedAt: null, isKnown: true },
    { id: "tried", name: "Tried", unbilledUnits: 0, wasMappedAt: null, isKnown: true },
    { id: "undone", name: "Undone", unbilledUnits: 0, wasMappedAt: noon, isKnown: true },
    { id: "waiting", name: "Waiting", unbilledUnits: 0, wasMappedAt: null, isKnown: false },
  ]);
});

it("believes what is newest: Gradient's word, or a count that it accepted", async () => {
  const { lastCheckedAt } = waiting;
  const { unmapped } = await read(
    aCustomerRow({ id: "taken-away", name: "Taken away", isMapped: false }),
    aCustomerRow({ id: "mapped-since", name: "Mapped since", isMapped: false }),
    aLedgerRow([
      aLedgerEntry({
        customerId: "taken-away",
        accepted: { unitCount: 3, at: minutesAfter(-1, lastCheckedAt), gen: 0 },
      }),
      aLedgerEntry({
        customerId: "mapped-since",
        accepted: { unitCount: 3, at: minutesAfter(1, lastCheckedAt), gen: 0 },
      }),
    ]),
  );

  expect(unmapped.accounts).toMatchObject([{ id: "taken-away" }]);
});

it("believes no count that another connection accepted", async () => {
  const { unmapped } = await read(aCustomerRow(), aLedgerRow([aLedgerEntry()], { connectionId: "connection-0" }));

  expect(unmapped.accounts).toMatchObject([{ id: "cust-1" }]);
});

it("believes no count that was accepted before the partner connected anew", async () => {
  const table = await aTableWith(
    anIntegrationRow({ proofGen: 1, mapping: { ...waiting, completedAt: noon, mappedServiceIds: [] } }),
    aCustomerRow(),
    aUsageRow(),
    aLedgerRow([aLedgerEntry()]),
  );

  expect(await readMapping({ table })(partnerId)).toMatchObject({
    status: "waiting",
    accounts: { total: 1, mapped: 0 },
    services: { total: 1, mapped: 0 },
  });
});

it("names the services in use that are not mapped with the units used, most first", async () => {
  const { unmapped } = await read(
    aServiceRow(),
    aServiceRow({ id: "svc-edr", name: "Secure Endpoint" }),
    aServiceRow({ id: "svc-unused" }),
    aCustomerRow(),
    aCustomerRow({ id: "cust-2" }),
    aCustomerRow({ id: "trial", billing: "trial" }),
    aUsageRow({
      counts: { "svc-dns": aCount(), "svc-edr": aCount({ unitCount: 3 }), "svc-old": aCount({ unitCount: 8 }) },
    }),
    aUsageRow({ customerId: "cust-2", counts: { "svc-edr": aCount({ unitCount: 4 }) } }),
    aUsageRow({ customerId: "trial", counts: { "svc-edr": aCount({ unitCount: 100 }) } }),
    aLedgerRow([aLedgerEntry()]),
  );

  expect(unmapped.services).toEqual([
    { id: "svc-old", name: "svc-old", unbilledUnits: 8, wasMappedAt: null, isKnown: false },
    { id: "svc-edr", name: "Secure Endpoint", unbilledUnits: 7, wasMappedAt: null, isKnown: false },
  ]);
});

it("sees nothing of another partner", async () => {
  const { unmapped } = await read(aCustomerRow({ partnerId: "org-2002" }), aUsageRow({ partnerId: "org-2002" }));

  expect(unmapped).toEqual({ accounts: [], services: [] });
});

it("says of a service that no count has tried that nobody knows, and counts its units as unbilled for nobody", async () => {
  const { services, unmapped, unbilledUnits } = await read(
    aCustomerRow({ id: "told", isMapped: true }),
    aCustomerRow({ id: "told-not", isMapped: false }),
    aUsageRow({
      customerId: "told",
      counts: { "svc-dns": aCount({ unitCount: 5 }), "svc-edr": aCount({ unitCount: 7 }) },
    }),
    aUsageRow({ customerId: "told-not", counts: { "svc-edr": aCount({ unitCount: 2 }) } }),
    aLedgerRow([
      aLedgerEntry({ customerId: "told", accepted: null, last: { outcome: "unmapped", missing: "service", at: noon } }),
    ]),
  );

  expect(services).toEqual({ total: 2, mapped: 0, unknown: 1 });
  expect(unmapped.services).toMatchObject([
    { id: "svc-edr", isKnown: false, wasMappedAt: null },
    { id: "svc-dns", isKnown: true },
  ]);
  expect(unmapped.accounts).toMatchObject([{ id: "told-not", isKnown: true }]);
  // of the account that is not mapped, and of the service that is not
  expect(unbilledUnits).toBe(2 + 5);
});

it("counts the units of an unmapped customer's unmapped service once", async () => {
  const { unmapped, unbilledUnits } = await read(
    aCustomerRow({ id: "told-not", isMapped: false }),
    aUsageRow({ customerId: "told-not", counts: { "svc-dns": aCount({ unitCount: 5 }) } }),
    aLedgerRow([
      aLedgerEntry({
        customerId: "told-not",
        accepted: null,
        last: { outcome: "unmapped", missing: "service", at: noon },
      }),
    ]),
  );

  expect([...unmapped.accounts, ...unmapped.services].map((gap) => gap.unbilledUnits)).toEqual([5, 5]);
  expect(unbilledUnits).toBe(5);
});

const keptAt = minutesAfter(-5);
const kept = {
  at: keptAt,
  accounts: { total: 1200, mapped: 1200, unknown: 0 },
  services: { total: 1, mapped: 1, unknown: 0 },
  unbilledUnits: 0,
  leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
  unmapped: { accounts: [], services: [] },
  leftOutServices: [],
};
it.each<[string, string | null, object, boolean]>([
  ["as the last look has found it", null, {}, true],
  ["the same, of a decision that the look has met", minutesAfter(-6), {}, true],
  ["as it is, where somebody has decided since what is left out", minutesAfter(-4), {}, false],
  ["the same, of a decision in the moment of the look", keptAt, {}, false],
  ["as it is, where a version before kept it without its units", null, { unbilledUnits: undefined }, false],
])("a large partner's coverage is told %s", async (_, decidedAt, change, isKept) => {
  const mapping = { ...waiting, isCoverageKept: true, decidedAt };
  const rows = [aCustomerRow({ isMapped: false }), aUsageRow(), aServiceRow()];
  const row = { pk: `partner#${partnerId}`, sk: "coverage", version: 1, ...kept, ...change };
  const table = await aTableWith(anIntegrationRow({ mapping }), ...rows, row);

  expect(await readMapping({ table })(partnerId)).toMatchObject(
    isKept
      ? { countedAt: keptAt, accounts: kept.accounts, unbilledUnits: 0 }
      : { countedAt: null, accounts: { total: 1, mapped: 0 }, unbilledUnits: 17 },
  );
});

it.each([true, false])(
  "knows nothing of the mapping of a partner that has disconnected: kept %s",
  async (isCoverageKept) => {
    const mapping = { ...waiting, isCoverageKept };
    const change = { state: "disconnected", token: null, gradient: null, mapping } as const;
    const rows = [aCustomerRow({ isMapped: true }), aUsageRow(), aLedgerRow([aLedgerEntry()])];
    const table = await aTableWith(anIntegrationRow(change), ...rows);
    await keepCoverage(table, partnerId, kept, keptAt);

    expect(await readMapping({ table })(partnerId)).toMatchObject({
      accounts: { total: 1, mapped: 0, unknown: 1 },
      services: { total: 1, mapped: 0, unknown: 1 },
    });
    const room = { rows: 200, bytes: 1_000_000 };
    const { items } = await readMappingItems({ table })({ partnerId, kind: "accounts", room });
    expect(items).toMatchObject([{ id: "cust-1", isKnown: false }]);
  },
);

it("knows nothing of a partner that was never looked at", async () => {
  const mapping = { ...waiting, lastCheckedAt: null, mappedServiceIds: [] };
  const rows = [aCustomerRow({ isMapped: true }), aUsageRow()];
  const table = await aTableWith(anIntegrationRow({ mapping }), ...rows);

  expect(await readMapping({ table })(partnerId)).toMatchObject({
    accounts: { total: 1, mapped: 0, unknown: 1 },
    services: { total: 1, mapped: 0, unknown: 1 },
    unbilledUnits: 0,
  });
});
