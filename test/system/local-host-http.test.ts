import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type FixtureHost, getToken, removeFolder, startFixtureHost, temporaryFolder } from "./host-harness.ts";

const folder = temporaryFolder();
let host: FixtureHost;

beforeAll(async () => {
  host = await startFixtureHost(folder);
});
afterAll(async () => {
  await host.close();
  removeFolder(folder);
});

const post = (action: string, init: RequestInit = {}) =>
  fetch(`${host.api}/open/${action}`, { method: "POST", body: "{}", ...init });
const get = (path: string, token?: string) =>
  fetch(`${host.api}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
const httpEvent = z.looseObject({
  rawPath: z.string(),
  routeKey: z.string(),
  pathParameters: z.record(z.string(), z.string()).optional(),
  requestContext: z.looseObject({ authorizer: z.unknown().optional() }),
});
const eventOf = async (response: Response) => httpEvent.parse(await response.json());

describe("who may call", () => {
  it.each([
    ["no identity", undefined],
    ["something that is no token", "nonsense"],
  ])("answers 401 to %s", async (_what, token) => {
    const response = await get("/people/1", token);

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: "Unauthorized" });
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
  });

  it("answers 401 to a token that has expired", async () => {
    expect((await get("/people/1", await getToken(host, { expires_in: -10 }))).status).toBe(401);
  });

  it("answers 401 to a token whose signature was changed", async () => {
    const token = await getToken(host);
    const [head, , signature] = token.split(".");
    const claims = Buffer.from(JSON.stringify({ iss: host.issuer, aud: "hub", exp: 9_999_999_999 })).toString(
      "base64url",
    );

    expect((await get("/people/1", `${head}.${claims}.${signature}`)).status).toBe(401);
  });

  it("answers 403 to a person where the feed's scope is asked for", async () => {
    const response = await get("/feed", await getToken(host, { scope: "other" }));

    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: "Forbidden" });
  });

  it("hands claims as text and the scopes of the route to the function", async () => {
    const token = await getToken(host, { sub: "user-1", org_id: "org-1", scope: "other hub.feed" });
    const event = await eventOf(await get("/feed", token));

    expect(event.requestContext.authorizer).toMatchObject({
      jwt: {
        claims: { sub: "user-1", org_id: "org-1", aud: "hub", exp: expect.stringMatching(/^\d+$/) },
        scopes: ["hub.feed"],
      },
    });
  });
});

describe("routes", () => {
  it("prefers the most specific route", async () => {
    expect(await eventOf(await post("echo"))).toMatchObject({ routeKey: "POST /open/echo" });
    expect(await eventOf(await post("other"))).toMatchObject({ routeKey: "POST /open/{action}" });
  });

  it("decodes path parameters after it found the route", async () => {
    const event = await eventOf(await get("/people/a%2Fb%20%C4%8D", await getToken(host)));

    expect(event.pathParameters).toEqual({ id: "a/b č" });
  });

  it("answers 404 to what is no route, 400 to a path that cannot be decoded", async () => {
    const unknown = await get("/nowhere");

    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({ message: "Not Found" });
    expect((await fetch(`${host.api}/people/1`, { method: "DELETE" })).status).toBe(404);
    expect((await get("/people/%zz", await getToken(host))).status).toBe(400);
  });

  it("passes text on as it is and anything else in Base64", async () => {
    const json = await eventOf(await post("echo?a=1&a=2&b=%20", { headers: { "content-type": "application/json" } }));
    const bytes = await eventOf(
      await post("echo", { body: Buffer.from([0, 255]), headers: { "content-type": "image/png", cookie: "x=1; y=2" } }),
    );

    expect(json).toMatchObject({
      version: "2.0",
      rawQueryString: "a=1&a=2&b=%20",
      queryStringParameters: { a: "1,2", b: " " },
      body: "{}",
      isBase64Encoded: false,
      requestContext: { http: { method: "POST", sourceIp: "127.0.0.1" }, stage: "$default" },
    });
    expect(bytes).toMatchObject({ body: "AP8=", isBase64Encoded: true, cookies: ["x=1", "y=2"] });
    expect(bytes.headers).not.toHaveProperty("cookie");
  });

  it("answers 413 to a body of more than 10 MB", async () => {
    const response = await post("echo", { body: "x".repeat(10 * 1024 * 1024 + 1) });

    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: "Request Entity Too Large" });
  });
});

describe("what the function answered", () => {
  it("takes a bare value for a 200 with JSON, and bytes and cookies as they were given", async () => {
    const bare = await post("overlap");
    const binary = await post("binary");

    expect(bare.headers.get("content-type")).toBe("application/json");
    expect(await bare.json()).toMatchObject({ served: expect.any(Number) });
    expect(binary.status).toBe(201);
    expect(Buffer.from(await binary.arrayBuffer())).toEqual(Buffer.from([0, 255, 1]));
    expect(binary.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it.each(["throw", "crash", "nonsense"])("answers 500 without details to a function's %s", async (action) => {
    const response = await post(action);

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: "Internal Server Error" });
    expect((await post("echo")).status).toBe(200);
  });
});

describe("other origins", () => {
  const preflight = (origin: string) =>
    fetch(`${host.api}/people/1`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization" },
    });

  it("answers the browser's question without asking for an identity", async () => {
    const response = await preflight("http://hub.test");

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": "http://hub.test",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-max-age": "600",
    });
    expect((await preflight("http://evil.test")).headers.has("access-control-allow-origin")).toBe(false);
  });

  it("puts its own headers on every answer and drops the function's", async () => {
    const refused = await fetch(`${host.api}/people/1`, { headers: { origin: "http://hub.test" } });
    const foreign = await post("cors", { headers: { origin: "http://evil.test" } });

    expect(refused.headers.get("access-control-allow-origin")).toBe("http://hub.test");
    expect(foreign.headers.has("access-control-allow-origin")).toBe(false);
    expect(foreign.headers.get("etag")).toBe('"1"');
  });
});
