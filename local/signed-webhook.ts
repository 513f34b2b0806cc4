import { createHmac } from "node:crypto";
import { StartupProblem } from "./startup-problem.ts";

// the service takes no shorter key, and neither does Standard Webhooks
const minSecretBytes = 24;

const bytesOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ""), "base64");

/** The secret as Standard Webhooks writes it, or a problem that names `what` it was read from. */
export const requireWebhookSecret = (secret: string, what: string): string => {
  if (/^whsec_[A-Za-z0-9+/]+=*$/.test(secret) && bytesOf(secret).byteLength >= minSecretBytes) return secret;
  throw new StartupProblem(`${what} has to be whsec_ followed by at least ${minSecretBytes} bytes in Base64.`);
};

interface Delivery {
  id: string;
  sentAtMs: number;
  body: string;
}

/** The headers of a delivery as Standard Webhooks lays them down. */
export const signedHeaders = (secret: string, { id, sentAtMs, body }: Delivery) => {
  const timestamp = String(Math.floor(sentAtMs / 1000));
  const digest = createHmac("sha256", bytesOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${digest}`,
  };
};
