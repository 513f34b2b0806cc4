import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { putPartnerEndpoint } from "#functions/put-partner/endpoint";
import { putPartner } from "#functions/put-partner/put-partner";
import { findPartner } from "#shared/partners/partner";
import { badPathIds, oddPathIds } from "#test/builders/bad-ids";
import { aFeedEvent, aProblem, call, jsonHeaders } from "#test/builders/http-event";
import { aPartnerRow } from "#test/builders/partner";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { noon, now } from "#test/builders/time";

const profile = {
  name: "Example MSP",
  owner: { name: "Olga Owner", email: "olga.owner@msp.example" },
  timeZone: "Europe/Prague",
};
const aCall = ({ partnerId = "org-1001", body = profile }: { partnerId?: string; body?: unknown } = {}) =>
  aFeedEvent({ routeKey: "PUT /v1/hub/partners/{partnerId}", path: { partnerId }, body });
const anEndpoint = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(...rows);
  return { table, endpoint: putPartnerEndpoint(putPartner({ table, now, newId: randomUUID })) };
};

const answer = { status: 200, headers: jsonHeaders, body: { id: "org-1001", ...profile, updatedAt: noon } };

it("answers with the stored partner", async () => {
  const { endpoint } = await anEndpoint();

  expect(await call(endpoint, aCall())).toEqual(answer);
});

it("answers a repeat in the same way", async () => {
  const { endpoint } = await anEndpoint(aPartnerRow());

  expect(await call(endpoint, aCall())).toEqual(answer);
});

it("reads a body that API Gateway hands on in base64", async () => {
  const { endpoint } = await anEndpoint();
  const body = Buffer.from(JSON.stringify(profile)).toString("base64");

  expect(await call(endpoint, { ...aCall(), body, isBase64Encoded: true })).toEqual(answer);
});

it.each(Object.entries(oddPathIds))("takes an id with %s", async (_, partnerId) => {
  const { endpoint, table } = await anEndpoint();

  expect(await call(endpoint, aCall({ partnerId }))).toMatchObject({ status: 200, body: { id: partnerId } });

  expect(await findPartner(table, partnerId)).toMatchObject({ id: partnerId });
});

describe("refuses, and keeps nothing of,", () => {
  it.each(Object.entries(badPathIds))("an id of %s", async (_, [partnerId, message]) => {
    const { endpoint, table } = await anEndpoint();

    const reply = await call(endpoint, aCall({ partnerId }));

    expect(reply).toMatchObject({ status: 422, body: { code: "request.invalid" } });
    expect(reply.body.errors).toContainEqual({ path: "path.partnerId", message });
    expect(table.rows.size).toBe(0);
  });

  it.each([
    ["a time zone that does not exist", { timeZone: "Europe/Brno" }, "timeZone"],
    ["a mere offset as the time zone", { timeZone: "+05:30" }, "timeZone"],
    ["a time zone that is a number", { timeZone: 2 }, "timeZone"],
    ["an address that SES cannot send to", { owner: { name: "Olga", email: "ölga@msp.example" } }, "owner.email"],
    ["an address that is none", { owner: { name: "Olga Owner", email: "olga" } }, "owner.email"],
    [
      "an address with a line break",
      { owner: { name: "Olga Owner", email: "olga@msp.example\nBcc: x@y.example" } },
      "owner.email",
    ],
    ["an owner's name with a line break", { owner: { name: "Olga\r\nBcc: x", email: "o@msp.example" } }, "owner.name"],
    ["an unknown field of the owner", { owner: { ...profile.owner, phone: "1" } }, "owner.phone"],
    ["no owner", { owner: null }, "owner"],
    ["an unknown field", { vat: "CZ1" }, "vat"],
  ])("%s", async (_, change, path) => {
    const { endpoint, table } = await anEndpoint();

    const reply = await call(endpoint, aCall({ body: { ...profile, ...change } }));

    expect(reply).toEqual(
      aProblem(
        422,
        "request.invalid",
        "The request needs a correction",
        "Some fields of the request need a correction.",
        { errors: [{ path, message: expect.any(String) }] },
      ),
    );
    expect(table.rows.size).toBe(0);
  });

  it("JSON that ends too early", async () => {
    const { endpoint } = await anEndpoint();

    expect(await call(endpoint, aCall({ body: '{"name":"E' }))).toEqual(
      aProblem(400, "request.malformed", "The request cannot be read", "The body is not JSON in UTF-8."),
    );
  });

  it("bytes that are not UTF-8", async () => {
    const { endpoint } = await anEndpoint();
    const body = Buffer.from([0x22, 0xc3, 0x28, 0x22]).toString("base64");

    expect(await call(endpoint, { ...aCall(), body, isBase64Encoded: true })).toMatchObject({
      status: 400,
      body: { code: "request.malformed" },
    });
  });
});

it("prints nothing of what was sent", async () => {
  const { endpoint } = await anEndpoint();
  const canary = "canary-4711";

  const printed = await printedBy(async () => {
    await call(endpoint, aCall({ body: `{"name":"${canary}` }));
    await call(endpoint, aCall({ body: { ...profile, timeZone: canary, [canary]: canary } }));
    await call(endpoint, aCall({ body: { ...profile, name: canary } }));
  });

  expect(printed).toContain("request refused");
  expect(printed).not.toContain(canary);
});
