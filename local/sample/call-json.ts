import * as z from "zod";

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

/**
 * One JSON call to a part of the local system; throws a sentence a person can act on for whatever is not a good answer.
 */
export const callJson = async <S extends z.ZodType>(request: JsonCall<S>): Promise<z.output<S>> => {
  const { method = "GET", url, accessToken, body, answer } = request;
  const { origin, pathname } = new URL(url);
  const call = `${method} ${pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    throw new Error(
      timedOut ? `${origin} did not answer ${call} in ${timeoutMs / 1000} s` : `${origin} cannot be reached`,
      {
        cause: error,
      },
    );
  }
  const json = parseJson(text);
  if (!response.ok) throw new RefusedCall(call, response.status, json);
  const parsed = answer.safeParse(json);
  if (!parsed.success) throw new Error(`${call} answered something unexpected: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
