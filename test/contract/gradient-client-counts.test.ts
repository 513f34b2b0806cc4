import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import {
  aClient,
  answerTo,
  client,
  count,
  header,
  onlyRequest,
  server,
  token,
  vendorKey,
} from "./gradient-client-rig.ts";
import { json } from "./loopback-server.ts";

const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../fixtures/gradient/${name}.json`, import.meta.url), "utf8"));

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
    server.respondWith(json(429, {}, { "retry-after": text }));
    expect(await answerTo(count, aClient({ now }))).toEqual({ kind: "throttled", retryAfterMs });
  });

  it("is in doubt when nobody answers in time, the connection breaks, or nobody is there", async () => {
    const hasty = aClient({ timeoutMs: 60 });
    server.respondWith(() => undefined);
    expect(await answerTo(count, hasty)).toEqual({ kind: "in-doubt", reason: "no reply within 60 ms" });

    server.respondWith(({ socket }) => socket.resetAndDestroy());
    expect(await answerTo(count, hasty)).toEqual({
      kind: "in-doubt",
      reason: "connection failed: ECONNRESET",
    });

    await server.close();
    expect(await answerTo(count, hasty)).toEqual({
      kind: "in-doubt",
      reason: "connection failed: ECONNREFUSED, before anything was sent",
    });
  });
});

describe("the credential", () => {
  it("is composed anew for each call when the vendor key is given as a function", async () => {
    server.respondWith(json(200, []));
    let key = "first-vendor-key";
    const rotating = aClient({ baseUrl: `${server.url}/api/`, vendorKey: async () => key });
    await rotating.readAccounts(token);
    key = "second-vendor-key";
    await rotating.readAccounts(token);

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
