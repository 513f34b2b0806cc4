import { Webhook } from "standardwebhooks";

interface Delivery {
  id: string;
  sentAt: Date;
  body: string;
  /** While keys are exchanged both sign. */
  keys: string[];
}

/** The three headers of a delivery, signed by the library that the standard comes with. */
export const signWebhook = ({ id, sentAt, body, keys }: Delivery) => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
  "webhook-signature": keys.map((key) => new Webhook(key).sign(id, sentAt, body)).join(" "),
});

/** The service's key wherever a test needs some. */
export const webhookSecret = `whsec_${Buffer.from("a key of the tests, 32 bytes long").toString("base64")}`;
