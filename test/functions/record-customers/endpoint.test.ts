import { describe, expect, it } from "vitest";
import { recordCustomersEndpoint } from "#functions/record-customers/endpoint";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { showCustomers } from "#shared/customers/customer";
import { badIds, oddIds } from "#test/builders/bad-ids";
import { aCustomerRecord, aCustomerRow } from "#test/builders/customer";
import { aFeedEvent, aProblem, call, jsonHeaders } from "#test/builders/http-event";
import { aPartnerRow } from "#test/builders/partner";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, now } from "#test/builders/time";

const partnerId = "org-1001";
const aCall = (body: unknown, path = { partnerId }) =>
  aFeedEvent({ routeKey: "POST /v1/hub/partners/{partnerId}/customers", path, body });
const anEndpoint = async () => {
  const table = await aTableWith(aPartnerRow());
  return { table, endpoint: recordCustomersEndpoint(recordCustomers({ table, now, newId: countingIds() })) };
};
const answer = (accepted: number, rejected: unknown[] = []) => ({
  status: 200,
  headers: jsonHeaders,
  body: { accepted, rejected },
});

it("stores the good records and names the bad ones", async () => {
  const { endpoint, table } = await anEndpoint();

  const reply = await call(
    endpoint,
    aCall({
      customers: [
        aCustomerRecord(),
        { id: "cust-2", name: "Kestrel", billing: "free" },
        "cust-3",
        { id: 4, billing: "billed" },
        { ...aCustomerRecord({ id: "cust-5" }), country: "CZ" },
        aCustomerRecord({ id: "cust-6", name: "  Řeznictví a uzenářství Dvořák, s.r.o. " }),
      ],
    }),
  );

  expect(reply).toEqual(
    answer(2, [
      {
        index: 1,
        code: "customer.invalid",
        detail: 'billing: This has to be "billed" or "trial" or "not-provisioned".',
      },
      { index: 2, code: "customer.invalid", detail: "The record has to be an object." },
      {
        index: 3,
        code: "customer.invalid",
        detail: "id: This has to be a text. name: This is missing.",
      },
      { index: 4, code: "customer.invalid", detail: "There is no such field: country." },
    ]),
  );
  expect((await showCustomers(table, partnerId)).map(({ id, name }) => [id, name])).toEqual([
    ["cust-1", "Alder & Finch Solicitors"],
    ["cust-6", "Řeznictví a uzenářství Dvořák, s.r.o."],
  ]);
});

it("accepts a repeat", async () => {
  const { endpoint } = await anEndpoint();
  await call(endpoint, aCall({ customers: [aCustomerRecord()] }));

  expect(await call(endpoint, aCall({ customers: [aCustomerRecord()] }))).toEqual(answer(1));
});

it("accepts 500 at once, and both records of one id", async () => {
  const { endpoint, table } = await anEndpoint();
  const customers = Array.from({ length: 500 }, (_, index) => aCustomerRecord({ id: `cust-${Math.min(index, 498)}` }));

  expect(await call(endpoint, aCall({ customers }))).toEqual(answer(500));

  expect(await showCustomers(table, partnerId)).toHaveLength(499);
});

it("takes a batch of 300 KiB", async () => {
  const { endpoint } = await anEndpoint();
  const customers = Array.from({ length: 500 }, (_, index) =>
    aCustomerRecord({ id: `cust-${index}`, name: "ř".repeat(512) }),
  );

  expect(Buffer.byteLength(JSON.stringify({ customers }))).toBeGreaterThan(300 * 1024);
  expect(await call(endpoint, aCall({ customers }))).toEqual(answer(500));
});

it.each(Object.entries(oddIds))("takes an id with %s", async (_, id) => {
  const { endpoint, table } = await anEndpoint();

  expect(await call(endpoint, aCall({ customers: [aCustomerRecord({ id })] }))).toEqual(answer(1));

  expect((await showCustomers(table, partnerId)).map((customer) => customer.id)).toEqual([id]);
});

it.each(Object.entries(badIds))("rejects an id of %s alone", async (_, [id, message]) => {
  const { endpoint, table } = await anEndpoint();

  const reply = await call(endpoint, aCall({ customers: [aCustomerRecord({ id }), aCustomerRecord()] }));

  expect(reply).toEqual(
    answer(1, [{ index: 0, code: "customer.invalid", detail: expect.stringContaining(`id: ${message}`) }]),
  );
  expect((await showCustomers(table, partnerId)).map((customer) => customer.id)).toEqual(["cust-1"]);
});

it("knows no customers of a partner that the feed has not told of", async () => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall({ customers: [aCustomerRecord()] }, { partnerId: "org-2002" }))).toEqual(
    aProblem(404, "partner.unknown", "Not found", "There is no such partner. Put the partner first."),
  );
});

describe("refuses the whole batch for", () => {
  it.each([
    ["more than 500 customers", { customers: Array.from({ length: 501 }, () => aCustomerRecord()) }, "customers"],
    ["no list", { customers: aCustomerRecord() }, "customers"],
    ["nothing", {}, "customers"],
    ["an unknown field beside the list", { customers: [], mode: "replace" }, "mode"],
    ["a list in place of the body", [aCustomerRecord()], ""],
  ])("%s", async (_, body, path) => {
    const { endpoint, table } = await anEndpoint();

    expect(await call(endpoint, aCall(body))).toEqual(
      aProblem(
        422,
        "request.invalid",
        "The request needs a correction",
        "Some fields of the request need a correction.",
        { errors: [{ path, message: expect.any(String) }] },
      ),
    );
    expect(await showCustomers(table, partnerId)).toEqual([]);
  });

  it("JSON that ends too early", async () => {
    const { endpoint } = await anEndpoint();

    expect(await call(endpoint, aCall('{"customers":['))).toEqual(
      aProblem(400, "request.malformed", "The request cannot be read", "The body is not JSON in UTF-8."),
    );
  });

  it("a body above 2 MiB", async () => {
    const { endpoint } = await anEndpoint();

    expect(await call(endpoint, aCall(" ".repeat(2 * 1024 * 1024 + 1)))).toEqual(
      aProblem(413, "request.too-large", "Too large", "The body is larger than 2048 KiB."),
    );
  });
});

it("says and prints nothing of what the fields held", async () => {
  const { endpoint } = await anEndpoint();
  const canary = "canary-4711";
  const replies: unknown[] = [];

  const printed = await printedBy(async () => {
    for (const body of [
      `{"customers":["${canary}`,
      { customers: canary },
      { customers: [canary, { id: "cust-2", name: `${canary}\n`, billing: canary }] },
      { customers: [aCustomerRecord({ id: canary, name: canary })] },
    ]) {
      replies.push(await call(endpoint, aCall(body)));
    }
  });

  expect(printed).toContain("request refused");
  expect(printed).not.toContain(canary);
  expect(JSON.stringify(replies)).not.toContain(canary);
});

it("says no more than half a page about one record", async () => {
  const { endpoint } = await anEndpoint();

  const unknown = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`unknown${at}`, 1]));

  const { body } = await call(endpoint, aCall({ customers: [{ ...aCustomerRecord(), ...unknown }] }));

  expect(body.rejected[0].detail).toHaveLength(500);
});

it("stores all others beside a customer that cannot be read, which stays as it is: a person may have left it out", async () => {
  const { endpoint, table } = await anEndpoint();
  const unreadable = { ...aCustomerRow({ id: "cust-2" }), removedAt: 7 };
  await table.put(unreadable);

  const customers = [aCustomerRecord({ id: "cust-2" }), aCustomerRecord({ id: "cust-3" })];
  const reply = await call(endpoint, aCall({ customers }));

  expect(reply).toMatchObject(answer(1, [{ index: 0, code: "record.unreadable" }]));
  expect((await showCustomers(table, partnerId)).map(({ id }) => id)).toEqual(["cust-3"]);
  expect(await table.get({ pk: unreadable.pk, sk: unreadable.sk })).toEqual(unreadable);
});
