/** What kind of failure this is; `shared/lambda/http/problems.ts` gives each kind its HTTP status. */
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
  extra?: Record<string, string | Record<string, string>>;
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
  readonly extra: Record<string, string | Record<string, string>>;
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

/**
 * A fault of infrastructure, permission or configuration: a table of another name, a right or a secret that is missing.
 * Nobody's request caused it and no repeat mends it, so it is logged as an error, which alarms. Its text is ours, and
 * names the failure at most.
 */
export class InfrastructureFault extends Error {
  override name = "InfrastructureFault";
}

/**
 * A stored record that this version cannot read. Told by its key, which holds ids only, and the fields at fault; never
 * by a value.
 */
export class UnreadableRecord extends Error {
  override name = "UnreadableRecord";
  readonly facts: { pk: string; sk: string; faults: string[] };

  constructor({ pk, sk }: { pk: string; sk: string }, faults: string[]) {
    super("A stored record cannot be read.");
    this.facts = { pk, sk, faults };
  }
}

/** Throws what went wrong where each piece of work had its turn, whatever became of the others. */
export const throwAll = (failures: unknown[]): void => {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, "Several pieces of work have failed.");
};
