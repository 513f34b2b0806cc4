import { AppError, type ErrorKind, UnreadableRecord } from "../../errors.ts";
import { logFailure } from "../../log-failure.ts";
import { logger } from "../../logger.ts";

/** An answer as it goes out; `body` is empty where there is none. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

// a new kind does not compile until it is decided here
const statusOf: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  invalid: 422,
  "too-many": 429,
  upstream: 502,
  unavailable: 503,
};

const titleOf: Record<ErrorKind, string> = {
  malformed: "The request cannot be read",
  unauthenticated: "Not signed in",
  forbidden: "Not allowed",
  "not-found": "Not found",
  conflict: "Not possible now",
  "too-large": "Too large",
  invalid: "The request needs a correction",
  "too-many": "Too many requests",
  upstream: "Gradient refused the call",
  unavailable: "Temporarily unavailable",
};

/** Answered by the service itself when a function failed in a way nobody foresaw. */
const internal = {
  type: "urn:gradient-billing:problem:internal",
  title: "Something went wrong",
  status: 500,
  code: "internal",
  detail:
    "The service failed. Nothing is known to be wrong with the request; try again, and name the requestId if you ask for help.",
};

/** Answered where a stored record is damaged, or was written by a later version of the service. */
const unreadable = {
  ...internal,
  type: "urn:gradient-billing:problem:record.unreadable",
  code: "record.unreadable",
  detail: "A stored record cannot be read. Our operations team has been told.",
};

const documentOf = (error: AppError) => ({
  ...error.extra,
  type: `urn:gradient-billing:problem:${error.code}`,
  title: titleOf[error.kind],
  status: statusOf[error.kind],
  code: error.code,
  detail: error.message,
});

/**
 * What a caller hears of a failure (RFC 9457). Logs it too, without `cause` and without the request: either may hold a
 * token.
 */
export const problemReply = (error: unknown, requestId: string): HttpAnswer => {
  const foreseen = error instanceof AppError ? error : undefined;
  const unforeseen = error instanceof UnreadableRecord ? unreadable : internal;
  const document = foreseen ? documentOf(foreseen) : unforeseen;
  if (foreseen && document.status < 500) {
    logger.info("request refused", { code: document.code, status: document.status });
  } else {
    logFailure("request failed", error);
  }
  return {
    statusCode: document.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(foreseen?.retryAfterSeconds === undefined ? {} : { "retry-after": String(foreseen.retryAfterSeconds) }),
    },
    body: JSON.stringify({ ...document, requestId, ...(foreseen?.errors ? { errors: foreseen.errors } : {}) }),
  };
};
