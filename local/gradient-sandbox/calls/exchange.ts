import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type * as z from "zod";

export interface Call {
  method: string;
  path: string;
  /** What the route's `:name` segments stood for, percent-decoded. */
  params: ReadonlyMap<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed JSON; `undefined` when nothing was sent. */
  body: unknown;
}

export interface Reply {
  status: number;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** An answer other than success, in the shape of Gradient's error bodies. */
export class Refusal extends Error {
  readonly statusCode: number;
  readonly texts: string | string[];

  constructor(statusCode: number, texts: string | string[]) {
    super(typeof texts === "string" ? texts : texts.join("; "));
    this.statusCode = statusCode;
    this.texts = texts;
  }
}

export const refusalReply = (statusCode: number, texts: string | string[]): Reply => ({
  status: statusCode,
  body: { statusCode, message: texts, error: STATUS_CODES[statusCode] ?? "Error" },
});

/** Turns whatever was thrown into an answer; what is not a refusal is a bug of the sandbox and goes to stderr. */
export const replyToError = (error: unknown): Reply => {
  if (error instanceof Refusal) return refusalReply(error.statusCode, error.texts);
  process.stderr.write(
    `Gradient sandbox: ${error instanceof Error ? (error.stack ?? error.message) : "unknown error"}\n`,
  );
  return refusalReply(500, "Internal server error");
};

export const param = (call: Call, name: string): string => {
  const value = call.params.get(name);
  if (value === undefined) throw new Error(`The route of ${call.path} has no :${name}.`);
  return value;
};

/** The body as the schema wants it; 400 with one text per mistake otherwise. */
export const parseBody = <S extends z.ZodType>(schema: S, body: unknown): z.infer<S> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    400,
    parsed.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`),
  );
};

const bodyLimit = 1024 * 1024;
// A caller is let to finish its too large body, because one that is cut off while sending never reads the 413.
const patienceLimit = 64 * bodyLimit;

/** The request's body as text, read to its end; 413 over 1 MiB. */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > patienceLimit) break;
      if (size <= bodyLimit) chunks.push(chunk);
    }
  } catch {
    // nobody is left to read it; a cause it is not, as a caller may hang up when it likes
    throw new Refusal(400, "The request was broken off.");
  }
  if (size > bodyLimit) throw new Refusal(413, "request entity too large");
  return Buffer.concat(chunks).toString("utf8");
};

export const parseJson = (text: string): unknown => {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // without the parser's own text, which quotes the body
    throw new Refusal(400, "The body is not valid JSON.");
  }
};

export const send = (response: ServerResponse, { status, body, headers }: Reply): void => {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body ?? null);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(text);
};
