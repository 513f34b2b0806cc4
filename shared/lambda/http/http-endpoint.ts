import { createHash } from "node:crypto";
import middy from "@middy/core";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import type * as z from "zod";
import { AppError, type FieldError } from "../../errors.ts";
import { withLogFields } from "../../logger.ts";
import { fieldWords } from "../field-words.ts";
import { type Person, personOf, type Role } from "./caller.ts";
import { digestOf, idempotencyKeyOf } from "./idempotency-key.ts";
import { plainName } from "./plain-name.ts";
import { type HttpAnswer, problemReply } from "./problems.ts";
import { keyOf, type RequestSchema, type Route } from "./route.ts";

export interface Reply {
  status: number;
  body?: unknown;
}

// Bodies of people are small; anything larger is a mistake or worse.
export const maxPersonBodyBytes = 64 * 1024;

/** The body's bytes as they arrived. Throws `request.too-large` above `maxBytes`. */
export const rawBody = (event: APIGatewayProxyEventV2, maxBytes: number): Buffer => {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length <= maxBytes) return bytes;
  throw new AppError("too-large", "request.too-large", `The body is larger than ${maxBytes / 1024} KiB.`);
};

const readJson = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // the parser's own message quotes the body, which may hold a token
    throw new AppError("malformed", "request.malformed", "The body is not JSON in UTF-8.");
  }
};

// enough to correct a form by; who sends more has other worries
const maxErrors = 20;

const toFieldErrors = (error: z.ZodError): FieldError[] =>
  error.issues
    .flatMap((issue) => {
      const path = issue.path.filter((part, index) => index > 0 || part !== "body");
      if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
      return issue.keys.slice(0, maxErrors).map((key) => {
        const name = plainName.test(key) ? [key] : [];
        return { path: [...path, ...name].join("."), message: "There is no such field." };
      });
    })
    .slice(0, maxErrors);

export const parseRequest = <S extends z.ZodType>(
  schema: S,
  event: APIGatewayProxyEventV2,
  maxBytes: number,
): z.infer<S> => {
  const asked = {
    path: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    body: readJson(rawBody(event, maxBytes)),
  };
  const parsed = schema.safeParse(asked, { error: fieldWords });
  if (parsed.success) return parsed.data;
  throw new AppError("invalid", "request.invalid", "Some fields of the request need a correction.", {
    errors: toFieldErrors(parsed.error),
  });
};

// where there is no body there is no type of one: a client that goes by the type would read nothing as JSON
const json = { "content-type": "application/json" };

/** With `tagged` an `ETag`, and 304 without a body when the caller has this state already. */
export const toResult = (event: APIGatewayProxyEventV2, { status, body }: Reply, tagged = false): HttpAnswer => {
  const text = body === undefined ? "" : JSON.stringify(body);
  if (!tagged) {
    const headers = { ...(text === "" ? {} : json), "cache-control": "no-store" };
    return { statusCode: status, headers, body: text };
  }
  const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  const tags = { "cache-control": "private, no-cache", etag };
  const known = (event.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  // `*` is any state at all (RFC 9110)
  if (known.includes(etag) || known.includes("*")) return { statusCode: 304, headers: tags, body: "" };
  return { statusCode: status, headers: { ...json, ...tags }, body: text };
};

type Work = (event: APIGatewayProxyEventV2WithJWTAuthorizer, requestId: string) => Promise<HttpAnswer>;

/** One HTTP door: every failure of `work` becomes a problem document, every log line carries the request's id. */
export const httpDoor = (work: Work) =>
  middy<APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2>()
    .onError((request) => {
      request.response = problemReply(request.error, request.context.awsRequestId);
    })
    .use(httpHeaderNormalizer())
    .handler((event: APIGatewayProxyEventV2WithJWTAuthorizer, { awsRequestId }: Context) =>
      // caught here too, so that the line about a failure can be found by the id that the caller was given
      withLogFields({ awsRequestId }, () =>
        work(event, awsRequestId).catch((error: unknown) => problemReply(error, awsRequestId)),
      ),
    );

/** The schema of a request by itself: a route's other facts are for whoever lets the request through. */
export type Asking<S extends RequestSchema> = Pick<Route<S>, "method" | "path" | "request" | "tagged" | "maxBodyBytes">;
export interface Asked<S> {
  request: S;
  person: Person;
}

/** A route of the hub UI that only reads: a signed-in person sees their own partner. */
export const personEndpoint = <S extends RequestSchema>(
  { callers, request, tagged, maxBodyBytes = maxPersonBodyBytes }: Asking<S> & { callers: readonly Role[] },
  run: (asked: Asked<z.infer<S>>) => Promise<Reply>,
) =>
  httpDoor(async (event) => {
    const person = personOf(event, callers);
    return withLogFields({ partnerId: person.partnerId }, async () => {
      const parsed = parseRequest(request, event, maxBodyBytes);
      return toResult(event, await run({ request: parsed, person }), tagged);
    });
  });

/** What stands before a change, and may be asked to make it once only. */
export interface Guard<Row> {
  /** Throws for one change too many. */
  admit: (partnerId: string) => Promise<void>;
  once: (
    call: GuardedCall<Row>,
    work: () => Promise<HttpAnswer>,
  ) => Promise<{ answer: HttpAnswer; isReplayed: boolean }>;
}
interface GuardedCall<Row> {
  partnerId: string;
  route: string;
  key: string;
  digest: string;
  answerOf?: ((rows: Row[]) => HttpAnswer | undefined) | undefined;
}

/** A route of the hub UI that changes something: a signed-in person acts for their own partner. */
export const changeEndpoint = <S extends RequestSchema, Row>(
  { callers, request, maxBodyBytes = maxPersonBodyBytes, ...route }: Asking<S> & { callers: readonly Role[] },
  {
    guard,
    allow,
    run,
    answerOf,
  }: {
    guard: Guard<Row>;
    /** Throws for whoever may not ask for this, where what they ask for decides about that. */
    allow?: (asked: Asked<z.infer<S>>) => void;
    run: (asked: Asked<z.infer<S>>) => Promise<Reply>;
    /** What is answered, where the rows that the change writes tell it: then not even a crash makes it happen twice. */
    answerOf?: (rows: Row[]) => Reply | undefined;
  },
) =>
  httpDoor(async (event, requestId) => {
    const person = personOf(event, callers);
    const { partnerId } = person;
    return withLogFields({ partnerId }, async () => {
      const parsed = parseRequest(request, event, maxBodyBytes);
      // before the key: what was answered to somebody who may is nothing for somebody who may not
      allow?.({ request: parsed, person });
      const key = route.method === "POST" ? idempotencyKeyOf(event) : undefined;
      await guard.admit(partnerId);
      const work = async () => toResult(event, await run({ request: parsed, person }));
      if (key === undefined) return work();
      const call = {
        partnerId,
        route: keyOf(route),
        key,
        digest: digestOf(parsed),
        answerOf: (rows: Row[]) => {
          const reply = answerOf?.(rows);
          return reply && toResult(event, reply);
        },
      };
      const refused = (error: unknown) => problemReply(error, requestId);
      const { answer, isReplayed } = await guard.once(call, () => work().catch(refused));
      return isReplayed ? { ...answer, headers: { ...answer.headers, "idempotency-replayed": "true" } } : answer;
    });
  });
