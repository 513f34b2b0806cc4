import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { AppError } from "../../errors.ts";

/** 1 to 128 printable ASCII characters, with no space around them. */
export const idempotencyKeyShape = /^[\x21-\x7e]([\x20-\x7e]{0,126}[\x21-\x7e])?$/;

/** Undefined where the caller sent none. Throws `request.invalid` for what is none. */
export const idempotencyKeyOf = ({ headers }: APIGatewayProxyEventV2): string | undefined => {
  const key = headers["idempotency-key"];
  if (key === undefined || idempotencyKeyShape.test(key)) return key;
  const message = "An Idempotency-Key is 1 to 128 printable ASCII characters.";
  throw new AppError("invalid", "request.invalid", "Some fields of the request need a correction.", {
    errors: [{ path: "idempotency-key", message }],
  });
};

/** The same for the same values, in whatever order an object has its members. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Tells one request from another, by what was understood of it. */
export const digestOf = (request: unknown): string =>
  createHash("sha256").update(JSON.stringify(request, sorted)).digest("base64url");
