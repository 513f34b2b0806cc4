import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { httpsTransport, TransportError, type TransportRequest } from "#shared/gradient/https-transport";
import { json, type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";
import { selfSigned } from "./self-signed.ts";

const send = httpsTransport();
let server: LoopbackServer;

beforeEach(async () => {
  server = await startLoopbackServer(json(200, { ok: true }));
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const aRequest = (changes: Partial<TransportRequest> = {}): TransportRequest => ({
  method: "POST",
  url: `${server.url}/api/x?y=1`,
  headers: { "gradient-token": "canary-header" },
  body: '{"name":"Žluťoučký"}',
  timeoutMs: 2_000,
  ...changes,
});

/** The failure of a request, which must be one. */
const failure = async (request: TransportRequest) => {
  const error = await send(request).then(
    () => expect.fail("the request succeeded"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TransportError);
  const { message, maySent } = error as TransportError;
  expect(message).not.toContain("canary");
  return { message, maySent };
};

describe("a reply", () => {
  it("comes back with status, headers and body", async () => {
    server.respondWith(json(429, { message: "Žlutá" }, { "Retry-After": "3" }));

    const reply = await send(aRequest());

    expect(reply).toMatchObject({ status: 429, headers: { "retry-after": "3" }, body: '{"message":"Žlutá"}' });
    expect(server.received[0]).toMatchObject({
      method: "POST",
      path: "/api/x?y=1",
      body: '{"name":"Žluťoučký"}',
      headers: { "gradient-token": "canary-header", "content-length": "24" },
    });
  });

  it("may be a redirect, which nobody follows: the credential would go where it points", async () => {
    server.respondWith(json(307, {}, { location: `${server.url}/elsewhere` }));
    expect(await send(aRequest())).toMatchObject({ status: 307 });
    expect(server.received.map(({ path }) => path)).toEqual(["/api/x?y=1"]);
  });

  it("of 16 MiB is read, one byte more is not", async () => {
    const limit = 16 * 1024 * 1024;
    server.respondWith((_, response) => response.end("x".repeat(limit)));
    expect((await send(aRequest())).body).toHaveLength(limit);

    server.respondWith((_, response) => response.end("x".repeat(limit + 1)));
    expect(await failure(aRequest())).toEqual({ message: "reply larger than 16777216 bytes", maySent: true });
  });
});

describe("connections", () => {
  it("are used again", async () => {
    for (let call = 0; call < 5; call += 1) await send(aRequest());
    expect(server.connections()).toBe(1);
  });

  it("are opened side by side for calls side by side, up to the limit", async () => {
    server.respondWith((_, response) => setTimeout(() => response.end("{}"), 30));
    const limited = httpsTransport({ maxSockets: 3 });
    await Promise.all(Array.from({ length: 9 }, () => limited(aRequest())));
    expect(server.received).toHaveLength(9);
    expect(server.connections()).toBe(3);
  });

  it("that have been idle for long are not trusted with a count", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await send(aRequest());
    vi.setSystemTime(Date.now() + 3_900);
    await send(aRequest());
    expect(server.connections()).toBe(1);
    vi.setSystemTime(Date.now() + 4_100);
    await send(aRequest());
    expect(server.connections()).toBe(2);
  });
});

describe("a failure tells whether anything may have been sent", () => {
  it("not when nobody listens", async () => {
    await server.close();
    expect(await failure(aRequest())).toEqual({ message: "connection failed: ECONNREFUSED", maySent: false });
  });

  it("not when the encryption cannot be agreed on", async () => {
    const request = aRequest({ url: server.url.replace("http:", "https:") });
    expect(await failure(request)).toMatchObject({ maySent: false });
  });

  it("not when no socket came free in time", async () => {
    server.respondWith(() => undefined);
    const narrow = httpsTransport({ maxSockets: 1 });
    const first = narrow(aRequest({ timeoutMs: 120 })).catch((error: unknown) => error);
    const second = narrow(aRequest({ timeoutMs: 60 })).catch((error: unknown) => error);
    expect(await second).toMatchObject({ message: "no reply within 60 ms", maySent: false });
    expect(await first).toMatchObject({ message: "no reply within 120 ms", maySent: true });
    expect(server.received).toHaveLength(1);
  });

  it("maybe when no answer came", async () => {
    server.respondWith(() => undefined);
    expect(await failure(aRequest({ timeoutMs: 60 }))).toEqual({ message: "no reply within 60 ms", maySent: true });
  });

  it("maybe when the answer dribbles on beyond the time", async () => {
    server.respondWith((_, response) => {
      response.writeHead(201);
      const dribble = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(dribble));
    });
    expect(await failure(aRequest({ timeoutMs: 100 }))).toEqual({ message: "no reply within 100 ms", maySent: true });
  });

  it("maybe when the connection is reset before, or broken off within the answer", async () => {
    server.respondWith(({ socket }) => socket.resetAndDestroy());
    expect(await failure(aRequest())).toEqual({ message: "connection failed: ECONNRESET", maySent: true });

    server.respondWith((_, response) => {
      response.writeHead(201, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    expect(await failure(aRequest())).toEqual({ message: "reply broken off: ECONNRESET", maySent: true });
  });

  it("maybe when the answer is not HTTP", async () => {
    const babbler = createTcpServer((socket) => socket.once("data", () => socket.end("good day\r\n\r\n")));
    await new Promise<void>((resolve) => babbler.listen(0, "127.0.0.1", resolve));
    const { port } = babbler.address() as AddressInfo;
    expect(await failure(aRequest({ url: `http://127.0.0.1:${port}/` }))).toMatchObject({ maySent: true });
    babbler.close();
  });
});

describe("over TLS", () => {
  it("a call arrives on a connection that stays open, and an unknown certificate is refused before anything is sent", async () => {
    const { key, cert } = selfSigned("127.0.0.1");
    let arrived = 0;
    const secure = createTlsServer({ key, cert }, (request, response) => {
      arrived += 1;
      if (request.url === "/reset") request.socket.destroy();
      else response.end(`call ${arrived}`);
    });
    let connections = 0;
    secure.on("secureConnection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const { port } = secure.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}/`;

    expect(await failure(aRequest({ url }))).toEqual({
      message: "connection failed: DEPTH_ZERO_SELF_SIGNED_CERT",
      maySent: false,
    });
    expect(arrived).toBe(0);

    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, cert]);
    try {
      const before = connections;
      expect(await send(aRequest({ url }))).toMatchObject({ status: 200, body: "call 1" });
      expect(await send(aRequest({ url }))).toMatchObject({ status: 200, body: "call 2" });
      expect(connections - before).toBe(1);
      expect(await failure(aRequest({ url: `${url}reset` }))).toMatchObject({ maySent: true });
    } finally {
      setDefaultCACertificates(trusted);
      secure.closeAllConnections();
      secure.close();
    }
  });
});
