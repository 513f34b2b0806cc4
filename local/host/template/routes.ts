import * as z from "zod";
import type { Stack, StackResource } from "./stack.ts";

/** A route of the HTTP API and what stands behind it. */
export interface Route {
  routeKey: string;
  functionName: string;
  integrationTimeoutMs: number;
  /** Logical id of the JWT authorizer, undefined for an open route. */
  authorizer: string | undefined;
  scopes: string[];
}

export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string>;
}

const routeProperties = z.object({
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.string().default("NONE"),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
});
const integrationProperties = z.object({
  IntegrationType: z.literal("AWS_PROXY"),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal("2.0"),
  // API Gateway's default and longest
  TimeoutInMillis: z.coerce.number().default(30_000),
});

/** The function in an ARN, bare or wrapped in API Gateway's own, with or without a qualifier. */
export const functionInArn = (arn: string): string => /:function:([^:/]+)/.exec(arn)?.[1] ?? arn;

export const readRoutes = (stack: Stack, api: StackResource): Route[] => {
  const integrations = new Map(
    stack.ofType("AWS::ApiGatewayV2::Integration").map((each) => [stack.nameOf(each), each]),
  );
  return stack.ofType("AWS::ApiGatewayV2::Route").flatMap((resource) => {
    const { ApiId } = stack.properties(resource, z.object({ ApiId: z.string() }));
    if (ApiId !== stack.nameOf(api)) {
      return [];
    }
    const properties = stack.properties(resource, routeProperties);
    const integration = integrations.get(properties.Target.replace(/^integrations\//, ""));
    if (integration === undefined) {
      throw new Error(`The route ${properties.RouteKey} has no integration in this template.`);
    }
    const { IntegrationUri, TimeoutInMillis } = stack.properties(integration, integrationProperties);
    return {
      routeKey: properties.RouteKey,
      functionName: functionInArn(IntegrationUri),
      integrationTimeoutMs: TimeoutInMillis,
      authorizer: properties.AuthorizationType === "JWT" ? properties.AuthorizerId : undefined,
      scopes: properties.AuthorizationScopes,
    };
  });
};

interface Candidate {
  route: Route;
  method: string;
  segments: string[];
}

const isGreedy = (segment: string | undefined) => segment?.endsWith("+}") ?? false;
const isParameter = (segment: string | undefined) => segment?.startsWith("{") ?? false;
const parameterName = (segment: string) => segment.replace(/^\{|\+?\}$/g, "");

/** A literal beats a parameter beats a greedy one, from left to right; a method beats ANY. */
const rank = ({ method, segments }: Candidate): string =>
  segments.map((segment) => (isGreedy(segment) ? "2" : isParameter(segment) ? "1" : "0")).join("") +
  (method === "ANY" ? "1" : "0");

const splitPath = (path: string) => path.split("/").slice(1);

const match = ({ segments }: Candidate, path: string[]): Record<string, string> | undefined => {
  const greedyAt = segments.findIndex(isGreedy);
  if (greedyAt === -1 ? path.length !== segments.length : path.length < segments.length) {
    return undefined;
  }
  const found: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const given = index === greedyAt ? path.slice(index).join("/") : path[index];
    if (isParameter(segment)) {
      if (given === undefined || given === "") {
        return undefined;
      }
      found[parameterName(segment)] = decodeURIComponent(given);
    } else if (segment !== given) {
      return undefined;
    }
  }
  return found;
};

export type Router = (method: string, path: string) => RouteMatch | undefined;

/** Finds the most specific route; throws a `URIError` on a path that is not percent-encoded properly. */
export const router = (routes: Route[]): Router => {
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");
  const candidates = routes
    .filter((route) => route !== fallback)
    .map((route): Candidate => {
      const [method = "", path = ""] = route.routeKey.split(" ");
      return { route, method, segments: splitPath(path) };
    })
    .toSorted((a, b) => rank(a).localeCompare(rank(b)));
  return (method, path) => {
    const segments = splitPath(path);
    for (const candidate of candidates) {
      const isMethod = candidate.method === method || candidate.method === "ANY";
      const pathParameters = isMethod ? match(candidate, segments) : undefined;
      if (pathParameters !== undefined) {
        return { route: candidate.route, pathParameters };
      }
    }
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
};
