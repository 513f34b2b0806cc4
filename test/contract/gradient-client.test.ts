import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Caller, type GradientApi, mayStillLand, type UnitCount } from "#shared/gradient/gradient-api";
import { gradientClient } from "#shared/gradient/gradient-client";
import { accountsReply, connectionReply, refusalReply, vendorReply } from "#shared/gradient/gradient-replies";
import type { RequestOptions } from "#shared/gradient/gradient-requests";
import { partnerToken } from "#shared/gradient/gradient-token";
import { printedBy } from "#test/builders/stdout";
import { freePacer } from "#test/fakes/paced-gradient";
import { json, type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

const token = partnerToken.parse("canary-partner-token-9f3c");
const vendorKey = "canary-vendor-key-77aa";
const header = Buffer.from(`${vendorKey}:${token}`).toString("base64");

const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../fixtures/gradient/${name}.json`, import.meta.url), "utf8"));

let server: LoopbackServer;
let client: GradientApi;

const aClient = (options: Partial<RequestOptions> = {}, caller: Caller = { pacer: freePacer }): GradientApi =>
  gradientClient({ baseUrl: `${server.url}/api`, vendorKey, ...options }).as(caller);

beforeEach(async () => {
  server = await startLoopbackServer(json(500, {}));
  client = aClient({ timeoutMs: 2_000 });
});
afterEach(() => server.close());

const onlyRequest = () => {
  expect(server.received).toHaveLength(1);
  const { method, path, body, headers } = server.received[0] ?? expect.fail("nothing was received");
  return { method, path, body: body === "" ? undefined : JSON.parse(body), header: headers["gradient-token"] };
};

const count = { serviceId: "65aa00000000000000000010", accountId: "cust-0042", unitCount: 17, rebuildsViews: true };

/** What Gradient answers, without the moment at which it was asked. */
const answerTo = async (given: UnitCount) => {
  const { sentAt: _, ...answer } = { sentAt: 0, ...(await client.setUnitCount(token, given)) };
  return answer;
};

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

  it("passes Retry-After on", async () => {
    server.respondWith(json(429, {}, { "retry-after": "7" }));
    await expect(client.readAccounts(token)).rejects.toMatchObject({ retryAfterSeconds: 7 });
  });
});

describe("a count", () => {
  it("is one POST with the level", async () => {
    server.respondWith(json(201, await fixture("count-accepted")));
    expect(await answerTo(count)).toEqual({ kind: "accepted" });
    expect(onlyRequest()).toEqual({
      method: "POST",
      path: "/api/vendor-api/service/65aa00000000000000000010/count",
      body: { accountId: "cust-0042", unitCount: 17 },
      header,
    });
  });

  it("of zero is sent as zero, and asks for no rebuild when told so", async () => {
    server.respondWith(json(201, await fixture("count-accepted")));
    await client.setUnitCount(token, { ...count, serviceId: "a/b?c", unitCount: 0, rebuildsViews: false });
    expect(onlyRequest()).toMatchObject({
      path: "/api/vendor-api/service/a%2Fb%3Fc/count?no_build=true",
      body: { accountId: "cust-0042", unitCount: 0 },
    });
  });

  it.each([
    [200, { kind: "accepted" }],
    [201, { kind: "accepted" }],
    [202, { kind: "accepted" }],
    [302, { kind: "in-doubt", reason: "status 302" }],
    [400, { kind: "rejected", message: "because" }],
    [401, { kind: "token-rejected" }],
    [403, { kind: "forbidden" }],
    [404, { kind: "unmapped", message: "because" }],
    [408, { kind: "in-doubt", reason: "status 408" }],
    [409, { kind: "rejected", message: "because" }],
    [413, { kind: "rejected", message: "because" }],
    [422, { kind: "rejected", message: "because" }],
    [429, { kind: "throttled", retryAfterMs: null }],
    [500, { kind: "in-doubt", reason: "status 500" }],
    [503, { kind: "in-doubt", reason: "status 503" }],
  ])("answered with %i", async (status, answer) => {
    server.respondWith(json(status, { statusCode: status, message: "because" }));
    expect(await answerTo(count)).toEqual(answer);
  });

  it("is accepted by a 201 without a body, and by any success that says nothing against it", async () => {
    server.respondWith((_, response) => response.writeHead(201).end("Created"));
    expect(await answerTo(count)).toEqual({ kind: "accepted" });
    server.respondWith((_, response) => response.writeHead(204).end());
    expect(await answerTo(count)).toEqual({ kind: "accepted" });
  });

  it("is not accepted by somebody else's page", async () => {
    server.respondWith((_, response) => response.writeHead(200).end("<html>Sign in to the network</html>"));
    expect(await client.setUnitCount(token, count)).toMatchObject({ kind: "in-doubt" });
  });

  it("quotes Gradient's reasons, several as one text, and says so where there is none", async () => {
    server.respondWith(json(400, await fixture("bad-request")));
    expect(await answerTo(count)).toEqual({
      kind: "rejected",
      message: "unitCount must be a number; accountId must be a string",
    });
    server.respondWith((_, response) => response.writeHead(422).end("<html>"));
    expect(await answerTo(count)).toEqual({
      kind: "rejected",
      message: "Gradient gave no reason (status 422).",
    });
  });

  it("cuts a long reason to 300 characters in one line", async () => {
    server.respondWith(json(400, { message: `first\nsecond ${"x".repeat(5_000)}` }));
    const answer = await answerTo(count);
    expect(answer).toEqual({ kind: "rejected", message: `first second ${"x".repeat(287)}` });
  });

  it.each([
    ["3", 3_000],
    ["0", 0],
    ["Mon, 02 Nov 2026 09:00:05 GMT", 5_000],
    ["Mon, 02 Nov 2026 08:00:00 GMT", 0],
    ["-5", null],
    ["soon", null],
    ["1.5", null],
  ])("throttled with Retry-After %s waits %s ms", async (text, retryAfterMs) => {
    const now = () => new Date("2026-11-02T09:00:00Z");
    client = aClient({ now });
    server.respondWith(json(429, {}, { "retry-after": text }));
    expect(await answerTo(count)).toEqual({ kind: "throttled", retryAfterMs });
  });

  it("is in doubt when nobody answers in time, the connection breaks, or nobody is there", async () => {
    client = aClient({ timeoutMs: 60 });
    server.respondWith(() => undefined);
    expect(await answerTo(count)).toEqual({ kind: "in-doubt", reason: "no reply within 60 ms" });

    server.respondWith(({ socket }) => socket.resetAndDestroy());
    expect(await answerTo(count)).toEqual({
      kind: "in-doubt",
      reason: "connection failed: ECONNRESET",
    });

    await server.close();
    expect(await answerTo(count)).toEqual({
      kind: "in-doubt",
      reason: "connection failed: ECONNREFUSED, before anything was sent",
    });
  });
});

describe("the credential", () => {
  it("is composed anew for each call when the vendor key is given as a function", async () => {
    server.respondWith(json(200, []));
    let key = "first-vendor-key";
    client = aClient({ baseUrl: `${server.url}/api/`, vendorKey: async () => key });
    await client.readAccounts(token);
    key = "second-vendor-key";
    await client.readAccounts(token);

    const sent = server.received.map(({ headers }) =>
      Buffer.from(String(headers["gradient-token"]), "base64").toString(),
    );
    expect(sent).toEqual([`first-vendor-key:${token}`, `second-vendor-key:${token}`]);
    expect(server.received[0]?.path).toBe("/api/vendor-api/organization/accounts");
  });

  it("is in no error, no answer and no output, not even when Gradient quotes it", async () => {
    const written: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, "write").mockImplementation((chunk) => {
        written.push(String(chunk));
        return true;
      }),
    );
    const outcomes: unknown[] = [];
    const message = [`bad header ${header}`, `for ${vendorKey}:${token}`, vendorKey, token];
    try {
      for (const status of [200, 302, 400, 401, 403, 404, 409, 422, 429, 500]) {
        server.respondWith(json(status, { statusCode: status, message }, { location: `/${header}` }));
        outcomes.push(await client.setUnitCount(token, count));
        outcomes.push(await client.readConnection(token).catch((error: unknown) => error));
        outcomes.push(await client.changeAccounts(token, [{ id: "a", name: "b" }]).catch((error: unknown) => error));
      }
      server.respondWith(({ socket }) => socket.resetAndDestroy());
      outcomes.push(await client.setUnitCount(token, count));
      outcomes.push(await client.readAccounts(token).catch((error: unknown) => error));
    } finally {
      for (const spy of spies) spy.mockRestore();
    }

    const everything = [...outcomes.map((outcome) => inspect(outcome, { depth: 20, showHidden: true })), ...written];
    expect(everything.join("\n")).toContain("[removed]");
    for (const secret of [token, vendorKey, header]) expect(everything.join("\n")).not.toContain(secret);
    expect(written).toEqual([]);
  });
});

describe("a request's turn", () => {
  /** A pacer that gives these, one after the other, and notes what is asked of it. */
  const scripted = (...usable: (number | null)[]) => {
    const happened: string[] = [];
    const pacer: Caller["pacer"] = {
      slot: async () => {
        happened.push("slot");
        return usable.shift() ?? null;
      },
      slowDown: async (ms) => void happened.push(`slow down ${ms}`),
    };
    return { happened, pacer };
  };
  const ever = Number.POSITIVE_INFINITY;

  it("comes after the vendor key was renewed, and its guard is asked last", async () => {
    const { happened, pacer } = scripted(ever);
    server.respondWith(json(201, {}));
    const api = aClient(
      {
        vendorKey: async () => {
          happened.push("key");
          return vendorKey;
        },
      },
      { pacer, mayGo: async () => happened.push("guard") > 0 },
    );

    await api.setUnitCount(token, count);

    expect(happened).toEqual(["key", "slot", "guard"]);
  });

  it("is when the answer says that the count was sent: after the slot, not before", async () => {
    let time = 1_000;
    const pacer = {
      ...freePacer,
      slot: async () => {
        time += 500;
        return ever;
      },
    };
    server.respondWith(json(201, {}));
    const sent = await aClient({ now: () => new Date(time) }, { pacer }).setUnitCount(token, count);
    expect(sent).toEqual({ kind: "accepted", sentAt: 1_500 });
  });

  it("comes again where its caller took longer than the slot may wait", async () => {
    let time = 1_000;
    const { happened, pacer } = scripted(1_012, 1_112);
    server.respondWith(json(201, {}));
    const mayGo = async () => {
      time += 100;
      return true;
    };
    // the second time the lease is renewed already
    const quickThen = async () => (time > 1_000 ? true : mayGo());

    const api = aClient({ now: () => new Date(time) }, { pacer, mayGo: quickThen });
    expect(await api.setUnitCount(token, count)).toEqual({ kind: "accepted", sentAt: 1_100 });
    expect(happened).toEqual(["slot", "slot"]);
  });

  it.each([
    ["has no slot in time", null, true],
    ["is denied", ever, false],
    ["misses every slot", 0, true],
  ])("that %s sends nothing, which is no refusal", async (_, usable, may) => {
    const { pacer } = scripted(...Array.from({ length: 9 }, () => usable));
    const api = aClient({}, { pacer, mayGo: async () => may });

    expect(await api.setUnitCount(token, count)).toEqual({ kind: "not-sent" });
    await expect(api.readConnection(token)).rejects.toMatchObject({ kind: "unavailable", code: "gradient.not-asked" });
    expect(server.received).toEqual([]);
  });

  it("is one for each request of a call", async () => {
    const { happened, pacer } = scripted(...Array.from({ length: 9 }, () => ever));
    server.respondWith(json(200, []));
    const api = aClient({}, { pacer });

    await api.changeAccounts(
      token,
      Array.from({ length: 1001 }, (_, index) => ({ id: `c${index}`, name: "A" })),
    );

    expect(server.received).toHaveLength(3);
    expect(happened).toEqual(["slot", "slot", "slot"]);
  });

  it("slows everybody down after a 429, also where the table cannot be told", async () => {
    const { happened, pacer } = scripted(ever, ever);
    server.respondWith(json(429, {}, { "retry-after": "2" }));
    await aClient({}, { pacer }).setUnitCount(token, count);
    await expect(aClient({}, { pacer }).readAccounts(token)).rejects.toMatchObject({ code: "gradient.throttled" });
    expect(happened).toEqual(["slot", "slow down 2000", "slot", "slow down 2000"]);

    const deaf = { ...freePacer, slowDown: () => Promise.reject(new Error("no table")) };
    expect(await aClient({}, { pacer: deaf }).setUnitCount(token, count)).toMatchObject({ kind: "throttled" });
  });
});
