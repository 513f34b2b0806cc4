import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JwtAuthorizer, jwtAuthorizer } from "#local/host/http/jwt-authorizer";
import type { Stack, StackResource } from "#local/host/template/stack";
import { personOf } from "#shared/lambda/http/caller";
import { anHttpEvent } from "#test/builders/http-event";
import { type LoopbackServer, loopbackServer } from "#test/local/loopback-server";

type Claims = Record<string, unknown>;

const secondsFromNow = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const owner = { sub: "person-1", org_id: "org-1001", role: "owner", aud: "hub" };

let issuer: LoopbackServer;
let authorize: JwtAuthorizer;
let sign: (claims: Claims) => Promise<string>;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig" };
  issuer = await loopbackServer(({ path }) => ({
    status: 200,
    body: path.endsWith("jwks.json") ? { keys: [key] } : { jwks_uri: `${issuer.url}/.well-known/jwks.json` },
  }));
  const properties = {
    AuthorizerType: "JWT",
    JwtConfiguration: { Issuer: issuer.url, Audience: ["hub"] },
  };
  const stack = { properties: (_: StackResource, schema) => schema.parse(properties) } as Stack;
  authorize = jwtAuthorizer(stack, {} as StackResource);
  sign = (claims) =>
    new SignJWT({ iss: issuer.url, exp: secondsFromNow(60), ...owner, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "key-1" })
      .sign(privateKey);
});
afterAll(() => issuer?.stop());

const verdictOn = async (claims: Claims, scopes: string[] = []) => authorize(`Bearer ${await sign(claims)}`, scopes);

describe("as API Gateway, the local one", () => {
  it.each([
    ["was issued a moment ago", { iat: secondsFromNow(-1) }],
    ["says nothing of when it was issued", {}],
    ["is meant for several", { aud: ["other", "hub"] }],
    ["names the audience as its client", { aud: undefined, client_id: "hub" }],
  ])("lets a token in that %s", async (_, claims) => {
    expect(await verdictOn(claims)).toMatchObject({ granted: { claims: { org_id: "org-1001" }, scopes: null } });
  });

  it.each([
    ["was issued in the future", { iat: secondsFromNow(60) }],
    ["is not valid yet", { nbf: secondsFromNow(60) }],
    ["has expired", { exp: secondsFromNow(-1) }],
    ["never expires", { exp: undefined }],
    ["is meant for somebody else", { aud: "other" }],
    ["was issued by somebody else", { iss: "https://other.example" }],
  ])("answers 401 to one that %s", async (_, claims) => {
    expect(await verdictOn(claims)).toEqual({ refused: 401 });
  });

  it("answers 401 to no token, and 403 to one without the route's scope", async () => {
    expect(await authorize(undefined, [])).toEqual({ refused: 401 });
    expect(await verdictOn({ scope: "other" }, ["hub.feed"])).toEqual({ refused: 403 });
    expect(await verdictOn({ scope: "other hub.feed" }, ["hub.feed"])).toMatchObject({
      granted: { scopes: ["hub.feed"] },
    });
  });

  it.each([[null], [[]], [["a", "b"]], [" "], [{ id: "org-1001" }], [7.5e300]])(
    "hands an organization of %j on as a text that is nobody's",
    async (org_id) => {
      const verdict = await verdictOn({ org_id });
      if (!("granted" in verdict)) throw new Error("The token was refused.");

      const event = anHttpEvent({ routeKey: "GET /", person: verdict.granted.claims });

      expect(() => personOf(event, ["owner"])).toThrow(expect.objectContaining({ code: "identity.incomplete" }));
    },
  );
});
