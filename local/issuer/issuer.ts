import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { calculateJwkThumbprint, importJWK, SignJWT } from "jose";
import * as z from "zod";
import { ownPage } from "../http/door.ts";
import { type LocalServer, listenLocally, readBody, sendJson } from "../http/http-server.ts";
import { readStateFile, writeStateFile } from "../state/state-file.ts";

export const localAudience = "hub";

const privateKey = z.looseObject({ kty: z.literal("RSA"), n: z.string(), e: z.string(), d: z.string() });
type PrivateKey = z.infer<typeof privateKey>;

// as long as most identity providers give; tests ask for less
const defaultLifetimeSeconds = 60 * 60;

const tokenRequest = z.strictObject({
  sub: z.string().default("local-person"),
  org_id: z.string().optional(),
  role: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  scope: z.string().optional(),
  /** Negative for a token that has expired already. */
  expires_in: z.int().default(defaultLifetimeSeconds),
});

const bodyLimitBytes = 16 * 1024;

const keyPair = (file: string): PrivateKey => {
  const known = readStateFile(file, privateKey);
  if (known !== undefined) {
    return known;
  }
  const made = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  writeStateFile(file, made);
  return privateKey.parse(made);
};

interface IssuerOptions {
  port: number;
  file: string;
  /** The origins of the pages that may ask for tokens. */
  pages: ReadonlySet<string>;
}

const corsHeaders = (request: IncomingMessage, pages: ReadonlySet<string>): Record<string, string> => {
  const origin = ownPage(request, pages);
  return origin === undefined
    ? {}
    : { "access-control-allow-origin": origin, "access-control-allow-headers": "content-type", vary: "Origin" };
};

const parseJson = (body: Buffer | undefined): unknown => {
  try {
    return JSON.parse(body?.toString("utf8") ?? "");
  } catch {
    return undefined;
  }
};

/** The hub's identity provider for this machine: real RS256 tokens for whoever asks. */
export const startIssuer = async ({ port, file, pages }: IssuerOptions): Promise<LocalServer> => {
  const key = keyPair(file);
  const { kty, n, e } = key;
  const kid = await calculateJwkThumbprint({ kty, n, e });
  const signingKey = await importJWK(key, "RS256");
  let issuer = "";

  const sign = ({ expires_in: lifetimeSeconds, ...claims }: z.infer<typeof tokenRequest>): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
      .setIssuer(issuer)
      .setAudience(localAudience)
      .setIssuedAt(Math.min(now, now + lifetimeSeconds))
      .setExpirationTime(now + lifetimeSeconds)
      .sign(signingKey);
  };

  const giveToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const wanted = tokenRequest.safeParse(parseJson(await readBody(request, bodyLimitBytes)));
    const headers = corsHeaders(request, pages);
    if (!wanted.success) {
      const description = wanted.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
      sendJson(response, 400, { error: "invalid_request", error_description: description }, headers);
      return;
    }
    const answer = { access_token: await sign(wanted.data), token_type: "Bearer", expires_in: wanted.data.expires_in };
    sendJson(response, 200, answer, { ...headers, "cache-control": "no-store" });
  };

  const server = await listenLocally(
    async (request, response) => {
      switch (`${request.method} ${request.url}`) {
        case "GET /.well-known/jwks.json":
          sendJson(response, 200, { keys: [{ kty, n, e, kid, alg: "RS256", use: "sig" }] });
          return;
        case "GET /.well-known/openid-configuration":
          sendJson(response, 200, {
            issuer,
            jwks_uri: `${issuer}/.well-known/jwks.json`,
            token_endpoint: `${issuer}/token`,
            id_token_signing_alg_values_supported: ["RS256"],
          });
          return;
        case "POST /token":
          await giveToken(request, response);
          return;
        case "OPTIONS /token":
          response.writeHead(204, corsHeaders(request, pages)).end();
          return;
        default:
          sendJson(response, 404, { error: "not_found" });
      }
    },
    port,
    { pages },
  );
  issuer = server.url;
  return server;
};
