import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import { aMappedPartner, aSandbox, cleanUp } from "./gradient-sandbox-rig.ts";

const secret = `whsec_${Buffer.from("canary-webhook-secret-of-the-hub").toString("base64")}`;

interface Received {
  headers: Record<string, string>;
  text: string;
}
const plain = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const closers: (() => void)[] = [];
afterEach(async () => {
  await cleanUp();
  for (const close of closers.splice(0)) close();
});

/** A hub that answers the given statuses in turn, then 202. */
const aHub = async (...statuses: number[]) => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: plain(request.headers), text: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, webhook: { url: `http://127.0.0.1:${port}/hook`, secret } };
};

describe("the webhook of a finished mapping", () => {
  it("is signed so that the reference library believes it", async () => {
    const { received, webhook } = await aHub();
    const partner = await aMappedPartner(await aSandbox({ webhook }));
    expect((await partner.partner("POST", "/finish")).body).toMatchObject({ webhook: "sending" });
    await expect.poll(() => received.length).toBe(1);
    const [{ headers, text } = { headers: {}, text: "" }] = received;
    expect(new Webhook(secret).verify(text, headers)).toEqual({
      type: "mapping.completed",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      data: { organizationId: partner.organizationId, integrationId: partner.integrationId },
    });
    expect(() => new Webhook(secret).verify(`${text} `, headers)).toThrow();
    expect(headers["content-type"]).toBe("application/json");
    await expect
      .poll(async () => (await partner.partner("GET")).body.webhook)
      .toEqual({ webhookId: headers["webhook-id"], attempts: 1, status: 202, delivered: true });
  });

  it("is tried again under the same id until the hub takes it", async () => {
    const { received, webhook } = await aHub(503);
    const partner = await aMappedPartner(await aSandbox({ webhook }));
    await partner.partner("POST", "/finish");
    await expect.poll(() => received.length, { timeout: 3000 }).toBe(2);
    expect(received[1]?.headers["webhook-id"]).toBe(received[0]?.headers["webhook-id"]);
    expect(received[1]?.text).toBe(received[0]?.text);
  });

  it("gives up on a hub that is away and harms nothing", async () => {
    const { webhook } = await aHub();
    for (const close of closers.splice(0)) close();
    const partner = await aMappedPartner(await aSandbox({ webhook }));
    expect((await partner.partner("POST", "/finish")).status).toBe(200);
    await expect
      .poll(async () => (await partner.partner("GET")).body.webhook, { timeout: 4000 })
      .toMatchObject({ attempts: 3, status: null, delivered: false });
  });

  it("goes out again, under another id, when the partner finishes again", async () => {
    const { received, webhook } = await aHub();
    const partner = await aMappedPartner(await aSandbox({ webhook }));
    await partner.partner("POST", "/finish");
    await partner.partner("POST", "/finish");
    await expect.poll(() => new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });

  it.each([
    [0, 0],
    [2, 2],
  ])("is told %i times under one id where the sandbox is asked for that", async (times, expected) => {
    const { received, webhook } = await aHub();
    const sandbox = await aSandbox({ webhook });
    const partner = await aMappedPartner(sandbox);
    await fetch(`${sandbox.url}/_behaviour`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ webhook: { times, delayMs: 20 } }),
    });

    await partner.partner("POST", "/finish");

    if (expected > 0) await expect.poll(() => received.length).toBe(expected);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(Math.min(1, expected));
  });
});
