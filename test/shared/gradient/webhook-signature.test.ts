import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyWebhook, webhookKey } from "#shared/gradient/webhook-signature";
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
const signedAs = (id: string): Claim => ({
  id,
  signature: signWebhook({ id, sentAt: now, body, keys: [key] })["webhook-signature"],
});

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

  it("under an id of 1 to 128 plain characters", () => {
    for (const id of ["m", "9", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "-_-", "m".repeat(128)]) {
      expect(() => verify(signedAs(id))).not.toThrow();
    }
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
    ["with a full stop in its id, even if signed so", signedAs("msg.1")],
    ["with another sign in its id, even if signed so", signedAs("msg-é")],
    ["with a line break behind its id, even if signed so", signedAs("msg-1\n")],
    ["with an id of 129 characters, even if signed so", signedAs("m".repeat(129))],
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

describe("a key of ours", () => {
  const inBase64 = (bytes: number) => Buffer.alloc(bytes, "k").toString("base64");

  it.each([
    ["has 24 bytes", `whsec_${inBase64(24)}`],
    ["has 64 bytes", `whsec_${inBase64(64)}`],
    ["is not padded", `whsec_${inBase64(25).replaceAll("=", "")}`],
    ["is one that the library signs with", key],
  ])("can be used when it %s", (_, one) => {
    expect(webhookKey.parse(one)).toBe(one);
    expect(() => verify({ keys: [one], signature: signature([one]) })).not.toThrow();
  });

  it.each([
    ["has nothing behind its name", "whsec_", "24 bytes"],
    ["has 23 bytes", `whsec_${inBase64(23)}`, "24 bytes"],
    ["has another name", inBase64(32), "whsec_"],
    ["is the private half of a pair", `whsk_${inBase64(32)}`, "whsec_"],
    ["has a letter too many", `whsec_${inBase64(24)}A`, "Base64"],
    ["has spaces around it", ` whsec_${inBase64(24)} `, "Base64"],
    ["is written in another alphabet", `whsec_${inBase64(24)}-_-_`, "Base64"],
    ["is no text", 24, "text"],
  ])("is not used when it %s", (_, one, why) => {
    expect(() => webhookKey.parse(one)).toThrow(why);
  });

  it("that is too short is no reason to believe anybody, whoever lets it through", () => {
    expect(() => verify({ keys: ["whsec_"] })).toThrow("24 bytes");
    expect(() => verify({ keys: [`whsec_${inBase64(23)}`] })).toThrow("24 bytes");
  });
});
