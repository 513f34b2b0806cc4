import { expect, it } from "vitest";
import { removeCustomerEndpoint } from "#functions/remove-customer/endpoint";
import { removeCustomer, removeCustomers } from "#functions/remove-customer/remove-customer";
import { findCustomer } from "#shared/customers/customer";
import { badPathIds, oddIds } from "#test/builders/bad-ids";
import { aCustomer, aCustomerRow } from "#test/builders/customer";
import { aFeedEvent, aProblem, call } from "#test/builders/http-event";
import { aPartnerRow } from "#test/builders/partner";
import { aTableWith } from "#test/builders/table";
import { countingIds, noon, now } from "#test/builders/time";

const partnerId = "org-1001";
const aCall = (customerId: string, partner = partnerId) =>
  aFeedEvent({
    routeKey: "DELETE /v1/hub/partners/{partnerId}/customers/{customerId}",
    path: { partnerId: partner, customerId },
  });
const anEndpoint = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(aPartnerRow(), ...rows);
  const dependencies = { table, now, newId: countingIds() };
  const endpoint = removeCustomerEndpoint({
    removeOne: removeCustomer(dependencies),
    removeMany: removeCustomers(dependencies),
  });
  return { table, endpoint };
};
const removals = (customerIds: unknown[]) =>
  aFeedEvent({
    routeKey: "POST /v1/hub/partners/{partnerId}/customers/removals",
    path: { partnerId },
    body: { customerIds },
  });
const done = { status: 204, headers: { "cache-control": "no-store" }, body: undefined };

it("answers a removal and its repeat alike", async () => {
  const { endpoint, table } = await anEndpoint(aCustomerRow());

  expect(await call(endpoint, aCall("cust-1"))).toEqual(done);
  expect(await call(endpoint, aCall("cust-1"))).toEqual(done);

  expect(await findCustomer(table, partnerId, "cust-1")).toEqual(
    aCustomer({ removedAt: noon, leftAt: noon, version: 2 }),
  );
});

it.each(Object.entries(oddIds))("removes a customer whose id has %s, by its body", async (_, id) => {
  const { endpoint, table } = await anEndpoint(aCustomerRow({ id }));

  expect(await call(endpoint, removals([id]))).toMatchObject({ status: 200, body: { accepted: 1, rejected: [] } });

  expect(await findCustomer(table, partnerId, id)).toMatchObject({ removedAt: noon });
});

it("names whom it does not know and what is no id, and removes the others", async () => {
  const { endpoint, table } = await anEndpoint(aCustomerRow(), aCustomerRow({ id: "cust-2" }));

  const { body } = await call(endpoint, removals(["cust-1", "nobody", 7, "cust-2", "cust-1"]));

  expect(body).toEqual({
    accepted: 3,
    rejected: [
      {
        index: 1,
        code: "customer.unknown",
        detail: "There is no such customer: it was never told of. Look at the id.",
      },
      { index: 2, code: "customer.invalid", detail: "The record has to be a text." },
    ],
  });
  expect(await findCustomer(table, partnerId, "cust-2")).toMatchObject({ removedAt: noon });
});

it("removes 500 in one call, and refuses 501", async () => {
  const ids = Array.from({ length: 500 }, (_, index) => `cust-${index}`);
  const { endpoint, table } = await anEndpoint(...ids.map((id) => aCustomerRow({ id })));

  expect(await call(endpoint, removals(ids))).toMatchObject({ body: { accepted: 500 } });

  expect(await findCustomer(table, partnerId, "cust-499")).toMatchObject({ removedAt: noon });
  expect(await call(endpoint, removals([...ids, "one-more"]))).toMatchObject({ status: 422 });
});

it("says so when it does not know the customer", async () => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall("cust-9"))).toEqual(
    aProblem(404, "customer.unknown", "Not found", "There is no such customer: it was never told of. Look at the id."),
  );
});

it("says so when it does not know the partner", async () => {
  const { endpoint } = await anEndpoint(aCustomerRow());

  expect(await call(endpoint, aCall("cust-1", "org-2002"))).toEqual(
    aProblem(404, "partner.unknown", "Not found", "There is no such partner. Put the partner first."),
  );
});

it.each(Object.entries(badPathIds))("refuses an id of %s", async (_, [id, message]) => {
  const { endpoint } = await anEndpoint();

  const reply = await call(endpoint, aCall(id));

  expect(reply).toMatchObject({ status: 422, body: { code: "request.invalid" } });
  expect(reply.body.errors).toContainEqual({ path: "path.customerId", message });
});

it("removes all others beside a customer that cannot be read, and names it", async () => {
  const unreadable = { ...aCustomerRow({ id: "cust-2" }), name: 7 };
  const { endpoint, table } = await anEndpoint(aCustomerRow(), unreadable);

  const { body } = await call(endpoint, removals(["cust-2", "cust-1"]));
  const one = await call(endpoint, aCall("cust-2"));

  expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: "record.unreadable" }] });
  expect(one).toMatchObject({ status: 500, body: { code: "record.unreadable" } });
  expect(await findCustomer(table, partnerId, "cust-1")).toMatchObject({ removedAt: noon });
  expect(await table.get({ pk: unreadable.pk, sk: unreadable.sk })).toEqual(unreadable);
});
