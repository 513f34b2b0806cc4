import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../errors.ts";

// five minutes: enough for a sender's clock drift and retries, too short to replay a captured call usefully
const toleranceSeconds = 5 * 60;

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
  /** One or two live keys, `whsec_…`. */
  keys: string[];
  now: Date;
}

const secretOf = (key: string): Buffer => {
  const secret = Buffer.from(key.replace(/^whsec_/, ""), "base64");
  // with an empty secret anybody could sign
  if (secret.byteLength === 0) throw new Error("A webhook key is empty or not Base64.");
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

/**
 * Standard Webhooks, `v1`. Throws `webhook.signature` unless one of the given signatures was made with one of the keys
 * over exactly these bytes, within five minutes of now. It does not say which of them failed.
 */
export const verifyWebhook = ({ id, timestamp, signature, body, keys, now }: Claim): void => {
  const delivery = { id: id ?? "", timestamp: timestamp ?? "", body };
  const expected = keys.map((key) => expectedSignature(delivery, key));
  const given = (signature ?? "").split(" ");
  const authentic = given.some((one) => expected.some((right) => isSame(one, right)));
  if (!authentic || delivery.id === "" || !isFresh(delivery.timestamp, now)) {
    throw new AppError("unauthenticated", "webhook.signature", "The webhook signature is not valid.");
  }
};
