import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import * as z from "zod";
import type { Stack, StackResource } from "../template/stack.ts";

export interface Identity {
  /** API Gateway hands every claim on as text. */
  claims: Record<string, string>;
  /** The route's scopes, null for a route that asks for none. */
  scopes: string[] | null;
}

export type Verdict = { granted: Identity } | { refused: 401 | 403 };

export type JwtAuthorizer = (authorization: string | undefined, scopes: string[]) => Promise<Verdict>;

const authorizerProperties = z.object({
  AuthorizerType: z.literal("JWT"),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()).min(1) }),
});

const discovery = z.object({ jwks_uri: z.url() });

const claimText = (value: unknown): string => {
  if (Array.isArray(value)) {
    return `[${value.map(claimText).join(" ")}]`;
  }
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
};

const words = (value: unknown): string[] => (typeof value === "string" ? value.split(" ") : []);

/** `aud`, or `client_id` where a token has no audience, as API Gateway has it. */
const isMeantFor = (audiences: string[], { aud, client_id }: JWTPayload): boolean => {
  const meant = aud === undefined ? [client_id] : [aud].flat();
  return meant.some((each) => typeof each === "string" && audiences.includes(each));
};

/** `jose` does not look at it unless it is told an age; API Gateway does. */
const isFromFuture = ({ iat }: JWTPayload): boolean => iat !== undefined && iat * 1000 > Date.now();

/** Tells who is calling: RS256 against the issuer's published keys, issuer, audience, times, then scopes. */
export const jwtAuthorizer = (stack: Stack, resource: StackResource): JwtAuthorizer => {
  const { Issuer, Audience } = stack.properties(resource, authorizerProperties).JwtConfiguration;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  const publishedKeys = async () => {
    if (keys === undefined) {
      const reply = await fetch(`${Issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
      keys = createRemoteJWKSet(new URL(discovery.parse(await reply.json()).jwks_uri));
    }
    return keys;
  };

  const verify = async (token: string): Promise<JWTPayload | undefined> => {
    try {
      const { payload } = await jwtVerify(token, await publishedKeys(), {
        issuer: Issuer,
        algorithms: ["RS256"],
        requiredClaims: ["exp"],
      });
      return isMeantFor(Audience, payload) && !isFromFuture(payload) ? payload : undefined;
    } catch {
      return undefined;
    }
  };

  return async (authorization, scopes) => {
    const token = authorization?.replace(/^Bearer\s+/i, "").trim();
    const payload = token ? await verify(token) : undefined;
    if (payload === undefined) {
      return { refused: 401 };
    }
    const held = [...words(payload.scope), ...words(payload.scp)];
    const matching = scopes.filter((scope) => held.includes(scope));
    if (scopes.length > 0 && matching.length === 0) {
      return { refused: 403 };
    }
    const claims = Object.entries(payload).map(([name, value]) => [name, claimText(value)]);
    return { granted: { claims: Object.fromEntries(claims), scopes: scopes.length > 0 ? matching : null } };
  };
};
