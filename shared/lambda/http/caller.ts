import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";
import * as z from "zod";
import { AppError } from "../../errors.ts";
import { pathIdentifier } from "../../identifier.ts";

export const role = z.enum(["owner", "full_admin", "product_admin", "billing_admin"]);
export type Role = z.infer<typeof role>;

/** Whoever is signed in may read, look again, and try a run dry. A route says itself whom it takes (`callers`). */
export const everyRole: readonly Role[] = role.options;

/** Who may change what is sent and to whom; the others may read. */
export const changingRoles: readonly Role[] = ["owner", "full_admin"];

/**
 * A signed-in person, as the hub's identity provider vouches for them. `partnerId` is the JWT's `org_id`, never a
 * path's.
 */
export interface Person {
  sub: string;
  partnerId: string;
  role: Role;
  name: string;
  email: string;
  /** The browser, as it names itself; null where it does not. */
  userAgent: string | null;
  /** How the audit trail names them; `address` is where the request came from. */
  by: { actor: string; actorName: string; role: Role; address: string };
}

// longer than any browser's own
const maxUserAgent = 512;

const personClaims = z.object({
  sub: z.string().min(1).max(256),
  // API Gateway hands every claim over as a text, also one that is none; a list comes in brackets
  org_id: pathIdentifier.regex(/^(?!(null|undefined)$)/),
  role,
  name: z.string().default(""),
  email: z.string().default(""),
});

/** The person, if their role is one of these; throws `role.not-allowed` otherwise. */
export const withRole = (person: Person, allowed: readonly Role[]): Person => {
  if (allowed.includes(person.role)) return person;
  throw new AppError("forbidden", "role.not-allowed", `This needs one of the roles: ${allowed.join(", ")}.`);
};

/** How the audit trail names those who act and are no person: nobody may come under such a name. */
const reserved = new Set(["service", "gradient", "hub-feed"]);

/** Throws `forbidden` for an identity that is not a partner's person, and for a role that may not do this. */
export const personOf = (event: APIGatewayProxyEventV2WithJWTAuthorizer, allowed: readonly Role[]): Person => {
  const claims = personClaims.safeParse(event.requestContext.authorizer.jwt.claims);
  if (!claims.success) {
    throw new AppError(
      "forbidden",
      "identity.incomplete",
      "The token names no person, organization or known role: the identity provider has to set `sub`, `org_id` and `role`.",
    );
  }
  const { org_id: partnerId, ...rest } = claims.data;
  if (reserved.has(rest.sub)) {
    throw new AppError("forbidden", "caller.reserved", "The identity has a name that stands for the service itself.");
  }
  const { sub: actor, name: actorName, role: is } = rest;
  const { sourceIp, userAgent: browser } = event.requestContext.http;
  const by = { actor, actorName, role: is, address: sourceIp };
  const userAgent = browser ? browser.slice(0, maxUserAgent).toWellFormed() : null;
  return withRole({ ...rest, partnerId, userAgent, by }, allowed);
};
