import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { AppError } from "../errors.ts";

// five minutes: enough for a sender's clock drift and retries, too short to replay a captured call usefully
const toleranceSeconds = 5 * 60;
// 192 bits, the least that Standard Webhooks allows
const minKeyBytes = 24;
// the full stop parts id, time and body where they are signed: an id that holds one could be cut elsewhere
const plainId = /^[A-Za-z0-9_-]{1,128}$/;

interface Delivery {
  id: string;
  /** Seconds since 1970, as the header has it. */
  timestamp: string;
  body: Buffer | string;
}

interface Claim {
  /** The three headers; undefined where one is missing. */
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
  /** The bytes as they came, before any parsing. */
  body: Buffer | string;
  /** One or two live keys, as `webhookKey` has them. */
  keys: string[];
  now: Date;
}

const bytesOf = (key: string): Buffer => Buffer.from(key.replace(/^whsec_/, ""), "base64");

/** A key as the operator stores it: `whsec_` and at least 24 bytes in Base64, with or without its padding. */
export const webhookKey = z
  .string("A webhook key is a text.")
  .regex(
    /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/,
    "A webhook key is whsec_ and Base64.",
  )
  .refine((key) => bytesOf(key).byteLength >= minKeyBytes, `A webhook key has at least ${minKeyBytes} bytes.`);

const secretOf = (key: string): Buffer => {
  const secret = bytesOf(key);
  // with an empty secret anybody could sign, with a short one whoever tries for long enough
  if (secret.byteLength < minKeyBytes) throw new Error(`A webhook key has fewer than ${minKeyBytes} bytes.`);
  return secret;
};

const expectedSignature = ({ id, timestamp, body }: Delivery, key: string): string => {
  const digest = createHmac("sha256", secretOf(key)).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return `v1,${digest}`;
};

const isSame = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
};

/** Only plain digits: parsers that stop at the first letter would take `1674087231abc`, which was never signed. */
const isFresh = (timestamp: string, now: Date): boolean =>
  /^[1-9]\d{0,11}$/.test(timestamp) &&
  Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= toleranceSeconds;

const isAuthentic = ({ id = "", timestamp = "", signature = "", body, keys, now }: Claim): boolean => {
  // what cannot be authentic is not worth a hash
  if (!plainId.test(id) || !isFresh(timestamp, now)) return false;
  const expected = keys.map((key) => expectedSignature({ id, timestamp, body }, key));
  return signature.split(" ").some((given) => expected.some((right) => isSame(given, right)));
};

/**
 * Standard Webhooks, `v1`. Throws `webhook.signature` unless one of the given signatures was made with one of the keys
 * over exactly these bytes, within five minutes of now, under an id of 1 to 128 plain characters. It does not say which
 * of them failed. A second call with the same headers is authentic too: whoever acts on one remembers its id.
 */
export const verifyWebhook = (claim: Claim): void => {
  if (!isAuthentic(claim)) {
    throw new AppError("unauthenticated", "webhook.signature", "The webhook signature is not valid.");
  }
};
