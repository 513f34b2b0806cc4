import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { receiveMappingWebhookEndpoint } from "#functions/receive-mapping-webhook/endpoint";
import { receiveMappingWebhook } from "#functions/receive-mapping-webhook/receive-mapping-webhook";
import { anHttpEvent, aProblem, call } from "#test/builders/http-event";
import { signWebhook } from "#test/builders/signed-webhook";
import { printedBy } from "#test/builders/stdout";
import { everyRow, owedTasks } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const routeKey = "POST /v1/webhooks/gradient/mapping-completed";
const key = (text: string) => `whsec_${Buffer.from(text).toString("base64")}`;
const liveKey = key("canary-live-key-of-the-hub-00001");
const nextKey = key("canary-next-key-of-the-hub-00002");
const errorsIn = (printed: string) =>
  printed.split("\n").flatMap((line) => (line.includes('"level":"ERROR"') ? [JSON.parse(line)] : []));
const accepted = { status: 202, headers: { "content-type": "application/json" }, body: { accepted: true } };
const refused = aProblem(401, "webhook.signature", "Not signed in", "The webhook signature is not valid.");

const anApi = async (keys = JSON.stringify([liveKey])) => {
  const world = serviceWorld();
  await world.connect();
  const endpoint = receiveMappingWebhookEndpoint({
    receive: receiveMappingWebhook(world.common),
    readKeys: async () => keys,
    now: world.common.now,
  });
  const organizationId = (await world.integration()).gradient?.organizationId;
  const body = JSON.stringify({
    type: "mapping.completed",
    timestamp: "2026-11-22T10:00:00Z",
    data: { organizationId, integrationId: "any" },
  });

  /** Delivers `body`, signed by Gradient; `change` says what somebody did to it afterwards. */
  const deliver = (
    { id = "msg_1", text = body, secondsAgo = 0, keys: signing = [liveKey] } = {},
    change: { headers?: Record<string, string>; body?: string; isBase64Encoded?: boolean } = {},
  ) => {
    const sentAt = new Date(world.clock.now() - secondsAgo * 1000);
    const headers = { ...signWebhook({ id, sentAt, body: text, keys: signing }), ...change.headers };
    const event = anHttpEvent({
      routeKey,
      headers,
      body: change.body ?? text,
      isBase64Encoded: change.isBase64Encoded ?? false,
    });
    return call(endpoint, event);
  };
  const before = everyRow(world.table);
  const noEffect = () => expect(everyRow(world.table)).toEqual(before);
  return { world, deliver, noEffect };
};

describe("an authentic delivery", () => {
  it("is answered with 202, and a second one too, with one effect", async () => {
    const { deliver, world } = await anApi();

    expect([await deliver(), await deliver()]).toEqual([accepted, accepted]);

    expect(owedTasks(world.table)).toHaveLength(1);
  });

  it("is authentic also where API Gateway hands it on in base64, and with headers in capitals", async () => {
    const { deliver, world } = await anApi();
    const text = JSON.stringify({ type: "mapping.completed", data: { organizationId: "Řeznictví" } });
    const body = Buffer.from(text).toString("base64");

    expect(await deliver({ text }, { body, isBase64Encoded: true })).toEqual(accepted);
    expect(owedTasks(world.table)).toEqual([]);
  });

  it("may be signed with either of two live keys, and with several at once", async () => {
    const { deliver } = await anApi(JSON.stringify([liveKey, nextKey]));

    for (const keys of [[liveKey], [nextKey], [key("somebody else's key, 32 bytes ok"), nextKey]]) {
      expect(await deliver({ keys })).toEqual(accepted);
    }
  });

  it.each([299, -299, 300, -300])("may be %i seconds old", async (secondsAgo) => {
    const { deliver } = await anApi();

    expect(await deliver({ secondsAgo })).toEqual(accepted);
  });

  it.each([
    ["an unknown organization", '{"type":"mapping.completed","data":{"organizationId":"nobody"}}'],
    ["an unknown type", '{"type":"something.else"}'],
    ["a body that nobody can read", "{"],
    ["no body", ""],
  ])("of %s is answered with 202 and has no effect", async (_, text) => {
    const { deliver, noEffect } = await anApi();

    expect(await deliver({ text })).toEqual(accepted);
    noEffect();
  });

  it("may be as large as 64 KiB, and no larger", async () => {
    const { deliver, noEffect } = await anApi();

    expect(await deliver({ text: "x".repeat(64 * 1024) })).toEqual(accepted);
    expect(await deliver({ text: "x".repeat(64 * 1024 + 1) })).toEqual(
      aProblem(413, "request.too-large", "Too large", "The body is larger than 64 KiB."),
    );
    noEffect();
  });
});

describe("a bad key beside a good one", () => {
  it.each<[string, unknown, string]>([
    ["is too short", key("twenty-three bytes long"), "A webhook key has at least 24 bytes."],
    ["is not Base64", "whsec_not-base-64", "A webhook key is whsec_ and Base64."],
    ["is no text", null, "A webhook key is a text."],
  ])("that %s is skipped, which alarms and shows nothing of either", async (_, bad, why) => {
    const { deliver, world } = await anApi(JSON.stringify([bad, nextKey]));
    let reply: unknown;

    const printed = await printedBy(async () => {
      reply = await deliver({ keys: [nextKey] });
    });

    expect(reply).toEqual(accepted);
    expect(owedTasks(world.table)).toHaveLength(1);
    expect(errorsIn(printed)).toMatchObject([{ message: "webhook key skipped", place: 0, why }]);
    for (const one of [bad, nextKey]) if (typeof one === "string") expect(printed).not.toContain(one.slice(6, 20));
  });

  it("that is too short lets nobody in who signs with it", async () => {
    const short = key("guess me");
    const { deliver, noEffect } = await anApi(JSON.stringify([short, nextKey]));
    const body = '{"type":"mapping.completed"}';
    const code = createHmac("sha256", "guess me").update(`msg_1.1795341600.${body}`).digest("base64");

    expect(await deliver({ text: body }, { headers: { "webhook-signature": `v1,${code}` } })).toEqual(refused);
    noEffect();
  });
});

describe("a delivery is refused, and has no effect,", () => {
  it.each<[string, object, object]>([
    ["with somebody else's key", { keys: [nextKey] }, {}],
    ["when five minutes and a second old", { secondsAgo: 301 }, {}],
    ["from more than five minutes ahead", { secondsAgo: -301 }, {}],
    ["with a changed body", {}, { body: '{"type":"mapping.completed","data":{"organizationId":"x"}}' }],
    ["under another id", {}, { headers: { "webhook-id": "msg_2" } }],
    ["at another time", {}, { headers: { "webhook-timestamp": "1795341599" } }],
    ["with a time that only begins as a number", {}, { headers: { "webhook-timestamp": "1795341600abc" } }],
    ["without a signature", {}, { headers: { "webhook-signature": "" } }],
    ["with half a signature", {}, { headers: { "webhook-signature": "v1," } }],
    ["with a signature of another version", {}, { headers: { "webhook-signature": "v2,AAAA" } }],
    ["without an id", {}, { headers: { "webhook-id": "" } }],
    ["with an id that holds more than plain characters", { id: "msg.1" }, {}],
    ["with an id of more than 128 characters", { id: "m".repeat(129) }, {}],
    ["with an id of 3,000 characters", { id: "m".repeat(3_000) }, {}],
  ])("%s", async (_, delivery, change) => {
    const { deliver, noEffect } = await anApi();

    expect(await deliver(delivery, change)).toEqual(refused);
    noEffect();
  });

  it.each([
    ["are not JSON", liveKey],
    ["are no list", JSON.stringify({ key: liveKey })],
    ["are three", JSON.stringify([liveKey, liveKey, liveKey])],
    ["are none", "[]"],
    ["are too short", JSON.stringify([key("twenty-three bytes long")])],
    ["are nothing that is a key", JSON.stringify([liveKey.slice(6), 7])],
  ])("while the service's keys %s, and prints nothing of them", async (_, keys) => {
    const { deliver, noEffect } = await anApi(keys);
    let reply: unknown;

    const printed = await printedBy(async () => {
      reply = await deliver();
    });

    expect(reply).toEqual(aProblem(500, "internal", "Something went wrong", expect.any(String)));
    expect(printed).not.toContain(liveKey.slice(6, 20));
    expect(errorsIn(printed).at(-1)).toMatchObject({ detail: "The service's webhook keys are not set up." });
    noEffect();
  });
});
