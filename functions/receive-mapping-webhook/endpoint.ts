import * as z from "zod";
import { InfrastructureFault } from "#shared/errors";
import { verifyWebhook, webhookKey } from "#shared/gradient/webhook-signature";
import { httpDoor, rawBody } from "#shared/lambda/http/http-endpoint";
import { logger } from "#shared/logger";
import type { receiveMappingWebhook } from "./receive-mapping-webhook.ts";

const maxBodyBytes = 64 * 1024;

interface Dependencies {
  receive: ReturnType<typeof receiveMappingWebhook>;
  readKeys: () => Promise<string>;
  now: () => Date;
}

/** One or two live keys, so that a key can be replaced without losing a delivery. */
const storedKeys = z.array(z.unknown()).min(1).max(2);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // the parser's own message quotes the text, which may be a key
    return undefined;
  }
};

/**
 * The keys that can be used. What was stored wrongly is logged as an error, which alarms; one such key spoils no other.
 */
const parseKeys = (text: string): string[] => {
  const stored = storedKeys.safeParse(parseJson(text));
  const keys: string[] = [];
  for (const [place, one] of (stored.data ?? []).entries()) {
    const key = webhookKey.safeParse(one);
    if (key.success) keys.push(key.data);
    else logger.error("webhook key skipped", { place, why: key.error.issues[0]?.message });
  }
  if (keys.length > 0) return keys;
  throw new InfrastructureFault("The service's webhook keys are not set up.");
};

/** Answers 202 to whatever is authentic, so that a sender never learns which organizations exist here. */
export const receiveMappingWebhookEndpoint = ({ receive, readKeys, now }: Dependencies) =>
  httpDoor(async (event) => {
    const body = rawBody(event, maxBodyBytes);
    const id = event.headers["webhook-id"];
    verifyWebhook({
      id,
      timestamp: event.headers["webhook-timestamp"],
      signature: event.headers["webhook-signature"],
      body,
      keys: parseKeys(await readKeys()),
      now: now(),
    });
    const outcome = await receive({
      id: id ?? "",
      body: parseJson(body.toString("utf8")),
      address: event.requestContext.http.sourceIp,
    });
    logger.info("webhook received", { outcome });
    return {
      statusCode: 202,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ accepted: true }),
    };
  });
