import { AppError } from "../errors.ts";

/** SDK errors are told apart by name, the only mark that survives bundling and proxies. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

/** Keeps the failure's name only: its text may quote the request, and with it the secret. */
export const secretsUnavailable = (error: unknown): AppError =>
  new AppError("unavailable", "secrets.unavailable", "The secret store cannot be reached at the moment.", {
    cause: nameOf(error),
  });

// five minutes: a rotated secret is taken up soon, and a busy function asks twelve times an hour at most
export const cacheMs = 5 * 60 * 1000;
