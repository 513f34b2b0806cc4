import { describe, expect, it } from "vitest";
import { putServiceEndpoint } from "#functions/put-service/endpoint";
import { putService } from "#functions/put-service/put-service";
import { findService } from "#shared/services/hub-service";
import { badPathIds, oddPathIds } from "#test/builders/bad-ids";
import { aFeedEvent, aProblem, call, jsonHeaders } from "#test/builders/http-event";
import { aServiceRecord, aServiceRow } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";

const aCall = ({ serviceId = "svc-dns", body = aServiceRecord() }: { serviceId?: string; body?: unknown } = {}) =>
  aFeedEvent({ routeKey: "PUT /v1/hub/services/{serviceId}", path: { serviceId }, body });
const anEndpoint = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(...rows);
  return { table, endpoint: putServiceEndpoint(putService({ table, now, newId: countingIds() })) };
};
const invalid = (...errors: { path: string; message: string }[]) =>
  aProblem(422, "request.invalid", "The request needs a correction", "Some fields of the request need a correction.", {
    errors,
  });

const answer = {
  status: 200,
  headers: jsonHeaders,
  body: {
    id: "svc-dns",
    ...aServiceRecord(),
    updatedAt: noon,
    gradient: { state: "awaited", name: null, hasOtherName: false, hasOtherDescription: false, refusal: null },
  },
};

it("answers with the stored record, and that it is not in Gradient yet", async () => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall())).toEqual(answer);
});

it("answers a repeat in the same way", async () => {
  const { endpoint } = await anEndpoint(aServiceRow({ gradientServiceId: null }));

  expect(await call(endpoint, aCall())).toEqual(answer);
});

it("shows the name that Gradient has it under, where the hub has changed it since", async () => {
  const { endpoint } = await anEndpoint(aServiceRow());

  const { body } = await call(endpoint, aCall({ body: aServiceRecord({ name: "DNS Shield" }) }));

  expect(body).toMatchObject({
    name: "DNS Shield",
    gradient: { state: "created", name: "DNS Security Essentials", hasOtherName: true, hasOtherDescription: false },
  });
});

it("tells that Gradient describes it otherwise, where the hub has changed that since", async () => {
  const { endpoint } = await anEndpoint(aServiceRow());

  const changed = await call(endpoint, aCall({ body: aServiceRecord({ description: "Another one." }) }));
  const back = await call(endpoint, aCall());

  expect(changed.body.gradient).toMatchObject({ hasOtherName: false, hasOtherDescription: true });
  expect(back.body.gradient).toMatchObject({ hasOtherName: false, hasOtherDescription: false });
});

it("shows Gradient's words where it refuses the service", async () => {
  const refusal = { at: noon, words: "no such category", tries: 3, retryAt: minutesAfter(60) };
  const { endpoint } = await anEndpoint(aServiceRow({ gradientServiceId: null, refusal }));

  expect((await call(endpoint, aCall())).body.gradient).toEqual({
    state: "refused",
    name: null,
    hasOtherName: false,
    hasOtherDescription: false,
    refusal: { words: "no such category", at: noon, retryAt: minutesAfter(60) },
  });
});

it("answers 409 for a name that another service has", async () => {
  const { endpoint } = await anEndpoint(aServiceRow({ id: "other" }));

  expect(await call(endpoint, aCall())).toMatchObject({
    status: 409,
    body: { code: "service.name-taken", serviceId: "other" },
  });
});

it.each(Object.entries(oddPathIds))("takes an id with %s", async (_, serviceId) => {
  const { endpoint, table } = await anEndpoint();

  expect(await call(endpoint, aCall({ serviceId }))).toMatchObject({ status: 200, body: { id: serviceId } });

  expect(await findService(table, serviceId)).toMatchObject({ id: serviceId });
});

describe("refuses, and keeps nothing of,", () => {
  it.each(Object.entries(badPathIds))("an id of %s", async (_, [serviceId, message]) => {
    const { endpoint, table } = await anEndpoint();

    const reply = await call(endpoint, aCall({ serviceId }));

    expect(reply).toMatchObject({ status: 422, body: { code: "request.invalid" } });
    expect(reply.body.errors).toContainEqual({ path: "path.serviceId", message });
    expect(table.rows.size).toBe(0);
  });

  it.each([
    ["a category that Gradient does not have", { category: "Security" }, "category"],
    ["a subcategory that Gradient does not have", { subcategory: "dns filtering" }, "subcategory"],
    ["an empty name", { name: "  " }, "name"],
    ["a name with a line break", { name: "DNS\nSecurity" }, "name"],
    ["a name that is a number", { name: 5 }, "name"],
    ["no unit", { unit: undefined }, "unit"],
    ["a description that is null", { description: null }, "description"],
    ["an endless description", { description: "x".repeat(2001) }, "description"],
    [
      "a description that was cut in the middle of a character",
      { description: `${"x".repeat(9)}\ud83c` },
      "description",
    ],
    ["an unknown field", { price: 5 }, "price"],
  ])("%s", async (_, change, path) => {
    const { endpoint, table } = await anEndpoint();

    const reply = await call(endpoint, aCall({ body: { ...aServiceRecord(), ...change } }));

    expect(reply).toEqual(invalid({ path, message: expect.any(String) }));
    expect(table.rows.size).toBe(0);
  });

  it.each([
    ["nothing", ""],
    ["a list", []],
    ["null", null],
    ["a text", '"text"'],
  ])("a body that is %s", async (_, body) => {
    const { endpoint } = await anEndpoint();

    expect(await call(endpoint, aCall({ body }))).toEqual(invalid({ path: "", message: expect.any(String) }));
  });

  it("JSON that ends too early", async () => {
    const { endpoint } = await anEndpoint();

    expect(await call(endpoint, aCall({ body: '{"name":' }))).toEqual(
      aProblem(400, "request.malformed", "The request cannot be read", "The body is not JSON in UTF-8."),
    );
  });
});

it("prints nothing of what was sent", async () => {
  const { endpoint } = await anEndpoint();
  const canary = "canary-4711";

  const printed = await printedBy(async () => {
    await call(endpoint, aCall({ body: `{"name":"${canary}` }));
    await call(endpoint, aCall({ body: { ...aServiceRecord(), category: canary, [canary]: canary } }));
    await call(endpoint, aCall({ body: aServiceRecord({ name: canary }) }));
  });

  expect(printed).toContain("request refused");
  expect(printed).not.toContain(canary);
});
