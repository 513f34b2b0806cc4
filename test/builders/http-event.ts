import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { undeclared } from "#test/builders/declared";

type Claims = Record<string, string>;

/** The claims of a signed-in person: an owner of `org-1001` unless the test is about somebody else. */
const aPerson = (claims: Claims = {}): Claims => ({
  sub: "person-1",
  org_id: "org-1001",
  role: "owner",
  name: "Dana Reyes",
  email: "dana.reyes@msp.example",
  ...claims,
});

export interface HttpCall {
  /** As API Gateway names the route: `GET /v1/integrations/gradient/exports/{exportId}`. */
  routeKey: string;
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** A string goes out as it is, anything else as JSON. */
  body?: unknown;
  isBase64Encoded?: boolean;
  /** Claims of the signed-in person. */
  person?: Claims;
}

const rawPathOf = (routeKey: string, path: Record<string, string>): string =>
  (routeKey.split(" ")[1] ?? "/").replaceAll(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent((path[name] ?? "").toWellFormed()),
  );

const textOf = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

const anEvent = (
  { routeKey, path, query, headers, body, isBase64Encoded = false }: HttpCall,
  claims: Claims,
): APIGatewayProxyEventV2WithJWTAuthorizer => {
  const rawPath = rawPathOf(routeKey, path ?? {});
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { "content-type": "application/json", ...headers },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    ...(path === undefined ? {} : { pathParameters: path }),
    requestContext: {
      accountId: "123456789012",
      apiId: "api-1",
      authorizer: { principalId: "", integrationLatency: 0, jwt: { claims, scopes: [] } },
      domainName: "api.example",
      domainPrefix: "api",
      http: {
        method: routeKey.split(" ")[0] ?? "GET",
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: "198.51.100.7",
        userAgent: "vitest",
      },
      requestId: "gateway-request-1",
      routeKey,
      stage: "$default",
      time: "22/Nov/2026:12:00:00 +0000",
      timeEpoch: 1_795_348_800_000,
    },
    ...(body === undefined ? {} : { body: textOf(body) }),
    isBase64Encoded,
  };
};

/** An API Gateway event (payload format 2.0) of a signed-in person. */
export const anHttpEvent = (call: HttpCall) => anEvent(call, aPerson(call.person));

/** The same of the hub's back office. */
export const aFeedEvent = (call: Omit<HttpCall, "person">) =>
  anEvent(call, { sub: "hub-back-office", scope: "hub.feed" });

/** What Lambda hands to a function beside the event. */
export const aLambdaContext = (context: Partial<Context> = {}): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: "function-under-test",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:function-under-test",
  memoryLimitInMB: "256",
  awsRequestId: "request-1",
  logGroupName: "log-group",
  logStreamName: "log-stream",
  getRemainingTimeInMillis: () => 10_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
  ...context,
});

export type Door = (
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Calls an endpoint and reads its answer's JSON; an empty body is `undefined`. Throws for an answer that the route's
 * declaration does not foresee.
 */
export const call = async (endpoint: Door, event: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const { statusCode, headers, body } = await endpoint(event, aLambdaContext());
  const contentType = String(headers?.["content-type"]);
  const read = () => (contentType.includes("json") ? JSON.parse(body ?? "") : body);
  const answer = { status: statusCode, headers, body: body ? read() : undefined };
  const fault = undeclared(event.routeKey, { ...answer, contentType });
  if (fault !== undefined) throw new Error(fault);
  return answer;
};

/** The problem document that a refusal answers with; `more` for what only this one has. */
export const aProblem = (status: number, code: string, title: string, detail: string, more: object = {}) => ({
  status,
  headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  body: {
    type: `urn:gradient-billing:problem:${code}`,
    title,
    status,
    code,
    detail,
    requestId: "request-1",
    ...more,
  },
});

/** How every answer with a body begins. */
export const jsonHeaders = { "content-type": "application/json", "cache-control": "no-store" };
