import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { isTooSlow, mayStillLand } from "#shared/gradient/gradient-api";
import { accountsReply, connectionReply, refusalReply, vendorReply } from "#shared/gradient/gradient-replies";
import { printedBy } from "#test/builders/stdout";
import { aClient, client, header, onlyRequest, server, token } from "./gradient-client-rig.ts";
import { json } from "./loopback-server.ts";

const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../fixtures/gradient/${name}.json`, import.meta.url), "utf8"));

it.each([
  ["organization-pending", connectionReply],
  ["organization-active", connectionReply],
  ["organization-status-changed", connectionReply],
  ["vendor", vendorReply],
  ["service-created", vendorReply],
  ["accounts", accountsReply],
  ["accounts-older-specification", accountsReply],
  ["count-unmapped", refusalReply],
  ["bad-request", refusalReply],
  ["unauthorized", refusalReply],
])("the recorded %s passes its schema", async (name, schema) => {
  expect(schema.safeParse(await fixture(name)).error).toBeUndefined();
});

describe("reading", () => {
  it("asks for the connection with both keys and takes a date in 1900 for never", async () => {
    server.respondWith(json(200, await fixture("organization-pending")));

    expect(await client.readConnection(token)).toEqual({
      organizationId: "65aa00000000000000000002",
      organizationName: "Example MSP",
      integrationId: "65aa00000000000000000003",
      status: "pending",
      lastSyncedAt: null,
    });
    expect(onlyRequest()).toEqual({ method: "GET", path: "/api/vendor-api/organization", body: undefined, header });
  });

  it("keeps a real date, a status it has never heard of, and does not stumble over fields it does not know", async () => {
    server.respondWith(
      json(200, { ...Object(await fixture("organization-active")), status: "dormant", plan: { x: 1 } }),
    );

    expect(await client.readConnection(token)).toMatchObject({
      status: "dormant",
      lastSyncedAt: "2026-11-02T09:15:30.000Z",
    });
  });

  it("reads the services out of the vendor's envelope", async () => {
    server.respondWith(json(200, await fixture("vendor")));

    expect(await client.readServices(token)).toEqual([{ id: "65aa00000000000000000010", name: "Managed mailbox" }]);
    expect(onlyRequest()).toMatchObject({ method: "GET", path: "/api/vendor-api", header });
  });

  it("tells which accounts are mapped where Gradient tells, and leaves it out where it does not", async () => {
    server.respondWith(json(200, await fixture("accounts")));
    expect(await client.readAccounts(token)).toEqual([
      { id: "cust-0042", name: "Example Customer", isMapped: true },
      { id: "cust-0043", name: "Other Customer", isMapped: false },
    ]);
    expect(onlyRequest()).toMatchObject({ method: "GET", path: "/api/vendor-api/organization/accounts" });

    server.respondWith(json(200, await fixture("accounts-older-specification")));
    expect(await client.readAccounts(token)).toEqual([
      { id: "cust-0042", name: "Example Customer" },
      { id: "cust-0043", name: "Other Customer" },
    ]);
  });

  it("reads a list in an envelope like a bare one", async () => {
    server.respondWith(json(200, { status: 200, message: "Success", data: await fixture("accounts") }));
    expect(await client.readAccounts(token)).toHaveLength(2);
  });

  it("knows an account by its id alone, whatever else of it cannot be read", async () => {
    server.respondWith(json(200, [{ id: "a", name: 7, isMapped: "partly" }]));
    expect(await client.readAccounts(token)).toEqual([{ id: "a", name: "" }]);
  });

  it("puts right half a character", async () => {
    server.respondWith(json(200, [{ id: "a", name: "Half \ud83c" }]));
    expect(await client.readAccounts(token)).toEqual([{ id: "a", name: "Half \ufffd" }]);
  });

  it("reads services beside one that has another shape, with an alarm", async () => {
    const skus = [{ id: "s", name: "Ours" }, { id: "nameless", name: null }, { id: 17, name: "Legacy" }, "none"];
    server.respondWith(json(200, { data: { skus } }));
    let services: unknown;
    const printed = await printedBy(async () => {
      services = await client.readServices(token);
    });
    expect(services).toEqual([
      { id: "s", name: "Ours" },
      { id: "nameless", name: "" },
      { id: "17", name: "Legacy" },
      { id: "", name: "" },
    ]);
    expect(printed).toContain("gradient lists services that cannot be read");
  });

  it("leaves out an account that cannot be read, with an alarm, and keeps the others", async () => {
    const [one, other] = [
      { id: "a", name: "A", isMapped: true },
      { id: "b", name: "B" },
    ];
    server.respondWith(json(200, [one, { id: 7, name: "C" }, null, other]));
    let accounts: unknown;

    const printed = await printedBy(async () => {
      accounts = await client.readAccounts(token);
    });

    expect(accounts).toEqual([one, other]);
    expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", accounts: 2 });
  });

  it.each([
    ["accounts of which none can be read", [{ id: 7, name: "C" }]],
    ["an object where the accounts belong", { accounts: [{ id: "a", name: "A" }] }],
    ["an object in an envelope", { status: 200, message: "Success", data: { accounts: [] } }],
  ])("does not take %s for an empty list, which would say that all are gone", async (_, reply) => {
    server.respondWith(json(200, reply));
    await expect(client.readAccounts(token)).rejects.toMatchObject({ code: "gradient.unavailable" });
  });

  it.each([
    ["no JSON", "<html>Sign in</html>"],
    ["JSON of another shape", '{"organizationId":7}'],
    ["an empty body", ""],
  ])("calls Gradient unavailable when it answers with %s", async (_, body) => {
    server.respondWith((_request, response) => response.writeHead(200).end(body));
    await expect(client.readConnection(token)).rejects.toMatchObject({
      kind: "unavailable",
      code: "gradient.unavailable",
    });
  });
});

describe("changing", () => {
  it("sets the status in the path, without a body", async () => {
    server.respondWith(json(200, await fixture("organization-status-changed")));
    await client.setStatus(token, "pending");
    expect(onlyRequest()).toEqual({
      method: "PATCH",
      path: "/api/vendor-api/organization/status/pending",
      body: undefined,
      header,
    });
  });

  it.each([200, 201, 202, 204])("takes a %i for a created service", async (status) => {
    const created = await fixture("service-created");
    server.respondWith((_, response) => response.writeHead(status).end(status === 204 ? "" : JSON.stringify(created)));
    const service = { name: "DNS", description: "One seat", category: "security", subcategory: "DNS filtering" };
    await client.createService(token, service);
    expect(onlyRequest()).toEqual({ method: "POST", path: "/api/vendor-api/service", body: service, header });
  });

  it("creates 1,201 accounts in three calls, none twice", async () => {
    server.respondWith(json(201, await fixture("accounts-created")));
    const accounts = Array.from({ length: 1_201 }, (_, index) => ({ id: `cust-${index}`, name: `Customer ${index}` }));

    await client.createAccounts(token, accounts);

    const batches = server.received.map(({ body }): { id: string }[] => JSON.parse(body));
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 201]);
    expect(batches.flat().map(({ id }) => id)).toEqual(accounts.map(({ id }) => id));
    expect(batches[0]?.[0]).toEqual({ id: "cust-0", name: "Customer 0", description: "" });
  });

  it("calls nobody when there is nothing to create or change", async () => {
    await client.createAccounts(token, []);
    await client.changeAccounts(token, []);
    expect(server.received).toHaveLength(0);
  });

  it("says that Gradient has an account already", async () => {
    server.respondWith(json(409, { statusCode: 409, message: "exists: cust-0042" }));
    await expect(client.createAccounts(token, [{ id: "cust-0042", name: "x" }])).rejects.toMatchObject({
      kind: "conflict",
      code: "gradient.conflict",
    });
  });

  it("changes several accounts in one call, each with what changed", async () => {
    server.respondWith(json(200, []));
    await client.changeAccounts(token, [
      { id: "a/b", name: "New" },
      { id: "c", isActive: false },
    ]);
    expect(onlyRequest()).toEqual({
      method: "PATCH",
      path: "/api/vendor-api/organization/accounts",
      body: [
        { id: "a/b", name: "New" },
        { id: "c", isActive: false },
      ],
      header,
    });
  });

  it("changes one account by the documented call, without its id in the body", async () => {
    server.respondWith(json(200, {}));
    await client.changeAccounts(token, [{ id: "a/b ?#ž", name: "A" }]);
    expect(onlyRequest()).toMatchObject({
      path: "/api/vendor-api/organization/accounts/a%2Fb%20%3F%23%C5%BE",
      body: { name: "A" },
    });
  });

  it("leaves it to its caller what to do about a refusal of many", async () => {
    server.respondWith(json(404, { message: "no such thing" }));
    const changes = ["a", "b"].map((id) => ({ id, name: id }));
    await expect(client.changeAccounts(token, changes)).rejects.toMatchObject({ code: "gradient.refused" });
    expect(server.received).toHaveLength(1);
  });

  it.each(["createAccounts", "changeAccounts"] as const)(
    "sends ever smaller parts where a body is too large: %s",
    async (call) => {
      const sizes: number[] = [];
      server.respondWith((request, response) => {
        const size = [JSON.parse(request.body)].flat().length;
        sizes.push(size);
        json(size > 130 ? 413 : 200, {})(request, response);
      });
      const accounts = Array.from({ length: 700 }, (_, index) => ({ id: `c${index}`, name: "A" }));

      await client[call](token, accounts);

      expect(sizes).toEqual([500, 250, 125, 125, 125, 125, 125, 75]);
    },
  );

  it("is refused where one account alone is too large", async () => {
    server.respondWith(json(413, {}));
    const accounts = ["a", "b"].map((id) => ({ id, name: id }));
    await expect(client.createAccounts(token, accounts)).rejects.toMatchObject({ code: "gradient.refused" });
    expect(server.received).toHaveLength(2);
  });
});

describe("what each status becomes", () => {
  it.each([
    [401, "forbidden", "gradient.token-rejected"],
    [403, "upstream", "gradient.forbidden"],
    [404, "upstream", "gradient.refused"],
    [400, "upstream", "gradient.refused"],
    [408, "unavailable", "gradient.unavailable"],
    [409, "conflict", "gradient.conflict"],
    [422, "upstream", "gradient.refused"],
    [429, "unavailable", "gradient.throttled"],
    [302, "unavailable", "gradient.unavailable"],
    [500, "unavailable", "gradient.unavailable"],
    [503, "unavailable", "gradient.unavailable"],
  ])("a %i on any other call is thrown as %s %s", async (status, kind, code) => {
    server.respondWith(json(status, { statusCode: status, message: "no" }));
    await expect(client.readConnection(token)).rejects.toMatchObject({ kind, code });
    await expect(client.setStatus(token, "pending")).rejects.toMatchObject({ kind, code });
  });

  it.each([
    [502, true],
    [503, true],
    [408, true],
    [500, false],
    [400, false],
    [429, false],
  ])("a %i may be of a call that lands later: %s", async (status, mayLand) => {
    server.respondWith(json(status, { statusCode: status, message: "no" }));
    const failure = await client.setStatus(token, "pending").catch((error: unknown) => error);
    expect(mayStillLand(failure)).toBe(mayLand);
  });

  it("that is not answered in time was too slow, and may land later", async () => {
    server.respondWith(() => undefined);
    const hasty = aClient({ timeoutMs: 60 });
    const failure = await hasty.setStatus(token, "pending").catch((error: unknown) => error);
    expect([isTooSlow(failure), mayStillLand(failure)]).toEqual([true, true]);

    server.respondWith(({ socket }) => socket.resetAndDestroy());
    const reset = await client.setStatus(token, "pending").catch((error: unknown) => error);
    expect([isTooSlow(reset), mayStillLand(reset)]).toEqual([false, true]);
  });

  it("passes Retry-After on", async () => {
    server.respondWith(json(429, {}, { "retry-after": "7" }));
    await expect(client.readAccounts(token)).rejects.toMatchObject({ retryAfterSeconds: 7 });
  });
});
