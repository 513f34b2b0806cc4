import { expect, it } from "vitest";
import { recordUsageEndpoint } from "#functions/record-usage/endpoint";
import { recordUsage } from "#functions/record-usage/record-usage";
import { conflict } from "#shared/table/table";
import { readUsage } from "#shared/usage/usage";
import { badIds, badPathIds, oddIds, oddPathIds } from "#test/builders/bad-ids";
import { aCustomerRow } from "#test/builders/customer";
import { aFeedEvent, call, jsonHeaders } from "#test/builders/http-event";
import { aPartnerRow } from "#test/builders/partner";
import { aServiceRow } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, noon, now } from "#test/builders/time";
import { aCount, aMeasurement, aUsageRow } from "#test/builders/usage";

const partnerId = "org-1001";
const aCall = (body: unknown, path = { partnerId }) =>
  aFeedEvent({ routeKey: "POST /v1/hub/partners/{partnerId}/usage", path, body });
const anEndpoint = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(aPartnerRow(), aCustomerRow(), aServiceRow(), ...rows);
  return { table, endpoint: recordUsageEndpoint(recordUsage({ table, now })) };
};
const answer = (accepted: number, rejected: unknown[] = []) => ({
  status: 200,
  headers: jsonHeaders,
  body: { accepted, rejected },
});

it("stores the good records and names the bad ones, in the order of the batch", async () => {
  const { endpoint, table } = await anEndpoint(aCustomerRow({ id: "cust-gone", removedAt: noon }));

  const reply = await call(
    endpoint,
    aCall({
      measurements: [
        aMeasurement({ customerId: "cust-9" }),
        aMeasurement({ unitCount: -1 }),
        aMeasurement({ serviceId: "svc-9" }),
        aMeasurement({ unitCount: 1.5 }),
        aMeasurement({ measuredAt: minutesAfter(-10), unitCount: 12 }),
        aMeasurement({ unitCount: 10_000_000_000 }),
        aMeasurement({ measuredAt: minutesAfter(6) }),
        aMeasurement({ customerId: "cust-gone" }),
        { ...aMeasurement(), unitCount: "17" },
        aMeasurement({ measuredAt: "yesterday" }),
        null,
      ],
    }),
  );

  const invalid = (index: number, detail: string) => ({ index, code: "usage.invalid", detail });
  expect(reply).toEqual(
    answer(1, [
      {
        index: 0,
        code: "customer.unknown",
        detail: "customerId: There is no such customer. Tell of the customer first, then send the count again.",
      },
      invalid(1, "unitCount: A unit count is not negative."),
      {
        index: 2,
        code: "service.unknown",
        detail:
          "serviceId: There is no such service in the catalogue. Put the service first, then send the count again.",
      },
      invalid(3, "unitCount: A unit count is a whole number."),
      invalid(5, "unitCount: A unit count is at most 9999999999."),
      {
        index: 6,
        code: "usage.from-future",
        detail:
          "measuredAt: The time lies more than five minutes ahead. Set the clock right, then send the count again.",
      },
      {
        index: 7,
        code: "customer.removed",
        detail: "customerId: The customer was removed. Send no counts of it, or tell of it again first.",
      },
      invalid(8, "unitCount: A unit count is a whole number."),
      invalid(9, "measuredAt: A time is an RFC 3339 date-time."),
      invalid(10, "The record has to be an object."),
    ]),
  );
  expect((await readUsage(table, partnerId, ["cust-1"])).get("cust-1")?.counts).toEqual({
    "svc-dns": { unitCount: 12, measuredAt: minutesAfter(-10) },
  });
});

it("accepts an older measurement after a newer one, and keeps the newer", async () => {
  const { endpoint, table } = await anEndpoint();
  await call(endpoint, aCall({ measurements: [aMeasurement()] }));

  const reply = await call(
    endpoint,
    aCall({ measurements: [aMeasurement({ unitCount: 1, measuredAt: minutesAfter(-1) })] }),
  );

  expect(reply).toEqual(answer(1));
  expect((await readUsage(table, partnerId, ["cust-1"])).get("cust-1")?.counts).toEqual({ "svc-dns": aCount() });
});

it.each([
  ["2026-11-22T13:00:00+01:00", noon],
  ["2026-11-22T12:00:00Z", noon],
  ["2026-11-22T11:59:59.9996Z", "2026-11-22T11:59:59.999Z"],
])("reads the time %s", async (measuredAt, expected) => {
  const { endpoint, table } = await anEndpoint();

  expect(await call(endpoint, aCall({ measurements: [aMeasurement({ measuredAt })] }))).toEqual(answer(1));

  expect((await readUsage(table, partnerId, ["cust-1"])).get("cust-1")?.counts).toEqual({
    "svc-dns": aCount({ measuredAt: expected }),
  });
});

it.each([
  ["9999-12-31T23:59:59-12:00", "A time lies between the years 1970 and 9998."],
  ["0000-01-01T00:00:00+01:00", "A time lies between the years 1970 and 9998."],
  ["1969-12-31T23:59:59Z", "A time lies between the years 1970 and 9998."],
  ["9999-01-01T00:00:00Z", "A time lies between the years 1970 and 9998."],
  ["2026-02-30T00:00:00Z", "A time is an RFC 3339 date-time."],
  ["2026-11-22", "A time is an RFC 3339 date-time."],
])("rejects the time %s", async (measuredAt, message) => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall({ measurements: [aMeasurement({ measuredAt })] }))).toEqual(
    answer(0, [{ index: 0, code: "usage.invalid", detail: `measuredAt: ${message}` }]),
  );
});

it("accepts a thousand at once", async () => {
  const { endpoint } = await anEndpoint();
  const measurements = Array.from({ length: 1000 }, (_, index) =>
    aMeasurement({ unitCount: index, measuredAt: new Date(Date.parse(noon) - index * 1000).toISOString() }),
  );

  expect(await call(endpoint, aCall({ measurements }))).toEqual(answer(1000));
});

it.each(Object.entries(oddIds))("takes a customer's id with %s", async (_, id) => {
  const { endpoint, table } = await anEndpoint(aCustomerRow({ id }));

  expect(await call(endpoint, aCall({ measurements: [aMeasurement({ customerId: id })] }))).toEqual(answer(1));

  expect((await readUsage(table, partnerId, [id])).get(id)?.counts).toEqual({ "svc-dns": aCount() });
});

it.each(Object.entries(oddPathIds))("takes a service's id with %s", async (_, id) => {
  const { endpoint, table } = await anEndpoint(aServiceRow({ id }));

  expect(await call(endpoint, aCall({ measurements: [aMeasurement({ serviceId: id })] }))).toEqual(answer(1));

  const counts = (await readUsage(table, partnerId, ["cust-1"])).get("cust-1")?.counts ?? {};
  expect(Object.entries(counts)).toEqual([[id, aCount()]]);
});

it.each(Object.entries(badIds))("rejects a customer's id of %s", async (_, [customerId, message]) => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall({ measurements: [aMeasurement({ customerId })] }))).toEqual(
    answer(0, [{ index: 0, code: "usage.invalid", detail: expect.stringContaining(`customerId: ${message}`) }]),
  );
});

it.each(Object.entries(badPathIds))("rejects a service's id of %s", async (_, [serviceId, message]) => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall({ measurements: [aMeasurement({ serviceId })] }))).toEqual(
    answer(0, [{ index: 0, code: "usage.invalid", detail: expect.stringContaining(`serviceId: ${message}`) }]),
  );
});

it.each([
  ["a customer", { ...aCustomerRow({ id: "cust-2" }), name: 7 }],
  ["a customer's counts", { ...aUsageRow({ customerId: "cust-2" }), counts: "canary" }],
])("stores all others beside %s that cannot be read, and names its records", async (_, unreadable) => {
  const { endpoint, table } = await anEndpoint(aCustomerRow({ id: "cust-2" }));
  await table.put(unreadable);

  const measurements = [aMeasurement({ customerId: "cust-2" }), aMeasurement({ unitCount: 12 })];
  const reply = await call(endpoint, aCall({ measurements }));

  expect(reply).toMatchObject(answer(1, [{ index: 0, code: "record.unreadable" }]));
  expect((await readUsage(table, partnerId, ["cust-1"])).get("cust-1")?.counts).toMatchObject({
    "svc-dns": { unitCount: 12 },
  });
  expect(await table.get({ pk: unreadable.pk, sk: unreadable.sk })).toEqual(unreadable);
});

it("has a batch sent again where others change the same all the time, which alarms", async () => {
  const { table } = await anEndpoint();
  const beaten = async () => {
    throw conflict();
  };
  const endpoint = recordUsageEndpoint(recordUsage({ table: { ...table, transact: beaten }, now }));

  const reply = await call(endpoint, aCall({ measurements: [aMeasurement()] }));

  expect(reply).toMatchObject({ status: 503, headers: { "retry-after": "5" }, body: { code: "table.conflict" } });
});
