/** What kind of failure this is; `shared/lambda/problems.ts` gives each kind its HTTP status. */
export type ErrorKind =
  | "malformed"
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "too-large"
  | "too-many"
  | "upstream"
  | "unavailable";

/** One field that the caller has to correct. `path` is dotted, `""` for the whole body. */
export interface FieldError {
  path: string;
  message: string;
}

interface ErrorFacts {
  cause?: unknown;
  errors?: FieldError[];
  /** Further members of the problem document, for instance the id of the export that is already running. */
  extra?: Record<string, string>;
  /** How long the caller should wait, in seconds. */
  retryAfterSeconds?: number;
}

/**
 * A failure that was foreseen. `code` is dotted and a promise to callers, `message` is for people,
 * `cause` is for us and never logged or answered: it may hold what the caller sent.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly errors: FieldError[] | undefined;
  readonly extra: Record<string, string>;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, code: string, message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause });
    this.name = "AppError";
    this.kind = kind;
    this.code = code;
    this.errors = facts.errors;
    this.extra = facts.extra ?? {};
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** True for the foreseen failure with this code. */
export const isAppError = (error: unknown, code: string): error is AppError =>
  error instanceof AppError && error.code === code;
