import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { readBody, sendJson } from "../../http/http-server.ts";
import type { LocalFunction } from "../functions/function-pool.ts";
import type { Outcome } from "../functions/function-process.ts";
import { type Route, type RouteMatch, readRoutes, router } from "../template/routes.ts";
import type { Stack } from "../template/stack.ts";
import { apiProperties, type Cors, cors } from "./cors.ts";
import { type HttpReply, splitUrl, toHttpEvent, toHttpReply } from "./http-event.ts";
import { type Identity, type JwtAuthorizer, jwtAuthorizer } from "./jwt-authorizer.ts";

// HTTP API's limit for a request
const bodyLimitBytes = 10 * 1024 * 1024;

const messages = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** API Gateway's own answers, before or instead of a function's. */
class GatewayReply extends Error {
  readonly status: keyof typeof messages;
  readonly headers: Record<string, string>;

  constructor(status: keyof typeof messages, headers: Record<string, string> = {}) {
    super(messages[status]);
    this.status = status;
    this.headers = headers;
  }
}

const withinTime = (outcome: Promise<Outcome>, limitMs: number): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new GatewayReply(503)), limitMs);
    void outcome.then((settled) => {
      clearTimeout(timer);
      resolve(settled);
    });
  });

const send = (response: ServerResponse, { status, headers, body }: HttpReply): void => {
  response.writeHead(status, { ...headers, "content-length": body.length, "apigw-requestid": randomUUID() });
  response.end(body);
};

/** The HTTP API of the template: routes, identity, cross-origin rules, and functions behind them. */
export const httpApi = (stack: Stack, functions: Map<string, LocalFunction>): RequestListener | undefined => {
  const [api] = stack.ofType("AWS::ApiGatewayV2::Api");
  if (api === undefined) {
    return undefined;
  }
  const findRoute = router(readRoutes(stack, api));
  const crossOrigin: Cors = cors(stack.properties(api, apiProperties).CorsConfiguration);
  const authorizers = new Map<string, JwtAuthorizer>(
    stack
      .ofType("AWS::ApiGatewayV2::Authorizer")
      .map((resource) => [stack.nameOf(resource), jwtAuthorizer(stack, resource)]),
  );

  const identify = async (route: Route, authorization: string | undefined): Promise<Identity | undefined> => {
    const authorizer = route.authorizer === undefined ? undefined : authorizers.get(route.authorizer);
    if (route.authorizer === undefined) {
      return undefined;
    }
    const verdict = (await authorizer?.(authorization, route.scopes)) ?? { refused: 401 as const };
    if ("granted" in verdict) {
      return verdict.granted;
    }
    const wanted = verdict.refused === 403 ? ` scope="${route.scopes.join(" ")}", error="insufficient_scope"` : "";
    throw new GatewayReply(verdict.refused, { "www-authenticate": `Bearer${wanted}` });
  };

  const find = (method: string, path: string): RouteMatch => {
    try {
      const found = findRoute(method, path);
      if (found !== undefined) {
        return found;
      }
    } catch (error) {
      throw error instanceof URIError ? new GatewayReply(400) : error;
    }
    throw new GatewayReply(404);
  };

  const reply = async (request: IncomingMessage): Promise<HttpReply> => {
    const match = find(request.method ?? "GET", splitUrl(request.url ?? "/").path);
    const identity = await identify(match.route, request.headers.authorization);
    const body = await readBody(request, bodyLimitBytes);
    if (body === undefined) {
      throw new GatewayReply(413);
    }
    const handler = functions.get(match.route.functionName);
    if (handler === undefined) {
      throw new GatewayReply(500);
    }
    const event = toHttpEvent({ request, body, match, identity });
    const outcome = await withinTime(handler.invoke(event), match.route.integrationTimeoutMs);
    const answer = outcome.succeeded ? toHttpReply(outcome.result) : undefined;
    if (answer === undefined) {
      throw new GatewayReply(500);
    }
    const own = Object.entries(answer.headers).filter(([name]) => !crossOrigin.isOwnHeader(name));
    return { ...answer, headers: Object.fromEntries(own) };
  };

  return async (request, response) => {
    const preflight = crossOrigin.preflight(request);
    if (preflight !== undefined) {
      send(response, { status: 204, headers: preflight, body: Buffer.alloc(0) });
      return;
    }
    const corsHeaders = crossOrigin.headers(request);
    try {
      const { headers, ...rest } = await reply(request);
      send(response, { ...rest, headers: { ...headers, ...corsHeaders } });
    } catch (error) {
      const { status, headers } = error instanceof GatewayReply ? error : new GatewayReply(500);
      // whatever of the body was not read yet must not hold the connection up
      request.resume();
      sendJson(response, status, { message: messages[status] }, { ...headers, ...corsHeaders });
    }
  };
};
