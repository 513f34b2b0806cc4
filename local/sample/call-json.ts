import * as z from "zod";
import type { Answer, BodyOf, RouteKey } from "#client/api-client";

interface JsonCall<S extends z.ZodType> {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  accessToken?: string;
  body?: unknown;
  /** What the answer must look like; members it does not name are ignored. */
  answer: S;
}

// the slowest answer of the local system is a first call that starts a process; ten seconds mean that none will come
const timeoutMs = 10_000;

const problem = z.object({
  code: z.string().optional(),
  detail: z.string().optional(),
  /** Where Gradient and its sandbox say what is wrong. */
  message: z.unknown().optional(),
});

/** An answer other than 2xx. The message says who answered what; it never holds what was sent. */
export class RefusedCall extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(call: string, status: number, body: unknown) {
    const { code, detail, message } = problem.catch({}).parse(body);
    const text = detail ?? (typeof message === "string" ? message : undefined);
    super(`${call} answered ${status}${code === undefined ? "" : ` ${code}`}${text === undefined ? "" : `: ${text}`}`);
    this.name = "RefusedCall";
    this.status = status;
    this.code = code;
  }
}

/** `fetch` that waits for so long and no longer; throws a sentence a person can act on where nobody answers. */
export const reach: typeof fetch = async (input, init = {}) => {
  const { origin, pathname } = new URL(String(input));
  const call = `${init.method ?? "GET"} ${pathname}`;
  try {
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    return new Response(await response.text(), { status: response.status, headers: response.headers });
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    throw new Error(
      timedOut ? `${origin} did not answer ${call} in ${timeoutMs / 1000} s` : `${origin} cannot be reached`,
      {
        cause: error,
      },
    );
  }
};

/** What an answer holds, in the shape that is looked for; `call` names it for people. */
export const expectAnswer = <S extends z.ZodType>(call: string, body: unknown, answer: S): z.output<S> => {
  const parsed = answer.safeParse(body);
  if (!parsed.success) throw new Error(`${call} answered something unexpected: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

/**
 * One JSON call to a part of the local system; throws a sentence a person can act on for whatever is not a good answer.
 */
export const callJson = async <S extends z.ZodType>(request: JsonCall<S>): Promise<z.output<S>> => {
  const { method = "GET", url, accessToken, body, answer } = request;
  const call = `${method} ${new URL(url).pathname}`;
  const response = await reach(url, {
    method,
    headers: {
      accept: "application/json",
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = parseJson(await response.text());
  if (!response.ok) throw new RefusedCall(call, response.status, json);
  return expectAnswer(call, json, answer);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The body of a good answer of our API; throws for any other as `callJson` does. */
export function goodBody<Key extends RouteKey>(call: string, answer: Answer<Key>): BodyOf<Key>;
export function goodBody(
  call: string,
  answer: { ok: true; body?: unknown } | { ok: false; status: number; problem: unknown },
) {
  if (!answer.ok) throw new RefusedCall(call, answer.status, answer.problem);
  return answer.body;
}
