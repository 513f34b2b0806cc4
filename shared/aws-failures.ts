import { AppError, InfrastructureFault } from "./errors.ts";

/** SDK errors are told apart by name, the only mark that survives bundling and proxies. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

/** An error with nothing but a name. */
export const named = (name: string): Error => Object.assign(new Error("An AWS service failed."), { name });

// AWS's names for a refusal for the rate, and for trouble of its own, whatever status it gives them; and the SDK's for
// a call that we waited for long enough
const passingNames =
  /Throttl|ThroughputExceeded|RequestLimit|TooManyRequests|SlowDown|Timeout|Unavailable|Internal(Serv|Fail)|InProgress|AbortError/;
// Node's codes for a connection that was not made or broke off
const networkCodes = /^E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_)/;

const statusOf = (error: object): number => {
  const metadata = "$metadata" in error ? error.$metadata : undefined;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return 0;
  return Number(metadata.httpStatusCode);
};

/** A repeat may succeed: AWS was busy or in trouble, or was not reached. */
const isPassing = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  if (status === 429 || status >= 500 || passingNames.test(error.name)) return true;
  // the SDK's own mark is undefined where a repeat is of no use
  return (
    ("$retryable" in error && Boolean(error.$retryable)) || ("code" in error && networkCodes.test(`${error.code}`))
  );
};

/**
 * What an adapter throws where an AWS service has failed: an `AppError` with this code where that passes by itself,
 * otherwise a fault, which alarms. Keeps the failure's name only: its text may quote the request, and with it a secret.
 */
export const awsFailure = (error: unknown, code: string, service: string): Error =>
  isPassing(error)
    ? new AppError("unavailable", code, `${service} did not answer.`, { cause: named(nameOf(error)) })
    : new InfrastructureFault(`${service} refused a call: ${nameOf(error)}`);
