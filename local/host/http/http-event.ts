import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { localAccount } from "../../aws/aws-call.ts";
import type { RouteMatch } from "../template/routes.ts";
import type { Identity } from "./jwt-authorizer.ts";

interface HttpCall {
  request: IncomingMessage;
  body: Buffer;
  match: RouteMatch;
  identity: Identity | undefined;
}

// what API Gateway hands on as text; any other body is base64
const textual = /^(text\/.*|application\/([\w.+-]+\+)?(json|xml)|application\/javascript)\s*(;|$)/i;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `22/Nov/2026:11:03:00 +0000`, the common log format. */
const commonLogTime = (at: Date): string => {
  const [date = "", time = ""] = at.toISOString().split(/[T.]/);
  const [year, month, day] = date.split("-");
  return `${day}/${months[Number(month) - 1]}/${year}:${time} +0000`;
};

/** Names in small letters, values of a repeated header joined; cookies go elsewhere. */
const headersOf = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name === "cookie" || value === undefined ? [] : [[name, Array.isArray(value) ? value.join(",") : value]],
    ),
  );

const queryOf = (query: string): Record<string, string> => {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  }
  return joined;
};

export const splitUrl = (url: string): { path: string; query: string } => {
  const at = url.indexOf("?");
  return at === -1 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
};

/** The event of payload format 2.0, as a function behind an HTTP API gets it. */
export const toHttpEvent = ({ request, body, match, identity }: HttpCall) => {
  const { path, query } = splitUrl(request.url ?? "/");
  const headers = headersOf(request);
  const isText = headers["content-type"] === undefined || textual.test(headers["content-type"]);
  const now = new Date();
  const parameters = queryOf(query);
  return {
    version: "2.0",
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(request.headers.cookie === undefined ? {} : { cookies: request.headers.cookie.split(/;\s*/) }),
    headers,
    ...(Object.keys(parameters).length > 0 ? { queryStringParameters: parameters } : {}),
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: match.pathParameters } : {}),
    requestContext: {
      accountId: localAccount,
      apiId: "local",
      ...(identity === undefined ? {} : { authorizer: { jwt: identity } }),
      domainName: request.headers.host ?? "127.0.0.1",
      domainPrefix: "local",
      http: {
        method: request.method ?? "GET",
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: (request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: match.route.routeKey,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
};

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const structuredReply = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

export interface HttpReply {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** What the caller gets for a function's result; undefined if it is no answer at all, which API Gateway calls a 500. */
export const toHttpReply = (result: unknown): HttpReply | undefined => {
  const isStructured = typeof result === "object" && result !== null && "statusCode" in result;
  if (!isStructured) {
    const text = typeof result === "string" ? result : JSON.stringify(result);
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(text) };
  }
  const parsed = structuredReply.safeParse(result);
  if (!parsed.success) {
    return undefined;
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status: statusCode,
    headers: {
      // API Gateway's own choice for a function that names none
      "content-type": "text/plain; charset=utf-8",
      ...Object.fromEntries(named),
      ...(cookies && cookies.length > 0 ? { "set-cookie": cookies } : {}),
    },
    body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
  };
};
