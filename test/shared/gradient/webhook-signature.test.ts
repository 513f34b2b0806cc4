import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyWebhook } from "#shared/gradient/webhook-signature";
import { signWebhook } from "#test/builders/signed-webhook";

const key = `whsec_${Buffer.from("an old key of twenty-four b.").toString("base64")}`;
const newKey = `whsec_${Buffer.from("the new key of twenty-four b").toString("base64")}`;
const now = new Date("2026-11-02T09:00:00.400Z");
const body = '{"type":"mapping.completed","data":{"organizationId":"Žluťoučká"}}';

interface Claim {
  id?: string | undefined;
  timestamp?: string | undefined;
  signature?: string | undefined;
  body?: Buffer | string;
  keys?: string[];
}

/** A delivery signed now, with what the test changes about it afterwards. */
const verify = (changes: Claim = {}, signedAt = now) => {
  const headers = signWebhook({ id: "msg-1", sentAt: signedAt, body, keys: [key] });
  return verifyWebhook({
    id: headers["webhook-id"],
    timestamp: headers["webhook-timestamp"],
    signature: headers["webhook-signature"],
    body,
    keys: [key],
    now,
    ...changes,
  });
};
const refusal = expect.objectContaining({ kind: "unauthenticated", code: "webhook.signature" });
const secondsFromNow = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const signature = (keys: string[]) => signWebhook({ id: "msg-1", sentAt: now, body, keys })["webhook-signature"];

describe("a webhook is believed", () => {
  it("when the standard's own library signed these bytes, read as text or as a buffer", () => {
    expect(() => verify()).not.toThrow();
    expect(() => verify({ body: Buffer.from(body) })).not.toThrow();
  });

  it("with either of two live keys, and with any of several signatures", () => {
    expect(() => verify({ keys: [newKey, key] })).not.toThrow();
    expect(() => verify({ keys: [key], signature: signature([newKey, key]) })).not.toThrow();
    expect(() => verify({ signature: `v1a,abc v2,def ${signature([key])}` })).not.toThrow();
  });

  it("up to five minutes before and after now", () => {
    expect(() => verify({}, secondsFromNow(-300))).not.toThrow();
    expect(() => verify({}, secondsFromNow(300))).not.toThrow();
  });
});

describe("a webhook is refused", () => {
  it.each<[string, Claim]>([
    ["without its id", { id: undefined }],
    ["without its time", { timestamp: undefined }],
    ["without its signature", { signature: undefined }],
    ["with an empty signature", { signature: "" }],
    ["with another id", { id: "msg-2" }],
    ["with another body", { body: body.replace("mapping", "Mapping") }],
    ["when its body was parsed and written anew", { body: JSON.stringify(JSON.parse(body), null, 1) }],
    ["under a key that is not live", { keys: [newKey] }],
    ["when no key is live", { keys: [] }],
    ["under another version's name", { signature: signature([key]).replace("v1,", "v2,") }],
    ["without the version's name", { signature: signature([key]).replace("v1,", "") }],
    ["with half a signature", { signature: signature([key]).slice(0, 20) }],
  ])("%s", (_, changes) => {
    expect(() => verify(changes)).toThrow(refusal);
  });

  it.each([-301, 301, -86_400])("%i seconds off", (seconds) => {
    expect(() => verify({}, secondsFromNow(seconds))).toThrow(refusal);
  });

  it.each(["%sabc", "%s ", " %s", "+%s", "%s.0", "0%s"])("when its time is written %j, even if signed so", (form) => {
    const timestamp = form.replace("%s", String(Math.floor(now.getTime() / 1000)));
    const secret = Buffer.from(key.replace("whsec_", ""), "base64");
    const digest = createHmac("sha256", secret).update(`msg-1.${timestamp}.${body}`).digest("base64");
    expect(() => verify({ timestamp, signature: `v1,${digest}` })).toThrow(refusal);
  });

  it("with the same words whatever is wrong", () => {
    const words = [{ id: "msg-2" }, { timestamp: "1" }, { signature: "x" }].map((changes) => {
      try {
        verify(changes);
        return "believed";
      } catch (error) {
        return String(error);
      }
    });
    expect(new Set(words).size).toBe(1);
  });
});

it("an empty key is a mistake of ours, not a reason to believe anybody", () => {
  expect(() => verify({ keys: ["whsec_"] })).toThrow("empty");
});
