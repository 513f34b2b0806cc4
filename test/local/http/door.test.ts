import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, listenLocally } from "#local/http/http-server";
import { pageRequest } from "#test/system/page-request";

let server: LocalServer;
beforeAll(async () => {
  server = await listenLocally((_, response) => void response.end("secret"), 0);
});
afterAll(() => server.close());

/** What the server answers to these bytes, which no client would send. */
const answerTo = (head: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write(`${head}\r\n\r\n`));
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      socket.end();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });

describe("a server of this machine", () => {
  it.each([
    "localhost.evil:PORT",
    "evil.localhost:PORT",
    "127.0.0.1.nip.io:PORT",
    "127.0.0.1:PORT.evil",
    "127.0.0.1",
    "localhost",
    "127.0.0.1:1",
    "127.0.0.2:PORT",
    "127.1:PORT",
    "0.0.0.0:PORT",
    "[::1]:PORT",
    "localhost.:PORT",
    "user@127.0.0.1:PORT",
    "127.0.0.1:PORT, evil.example",
  ])("is not known as %s", async (name) => {
    const host = name.replace("PORT", String(server.port));
    for (const method of ["GET", "HEAD", "OPTIONS", "POST"]) {
      expect((await pageRequest(server.url, { method, host, type: "application/json" })).status).toBe(403);
    }
  });

  it.each(["127.0.0.1", "localhost"])("is known as %s with its port", async (name) => {
    const { status, text } = await pageRequest(server.url, { method: "GET", host: `${name}:${server.port}` });
    expect({ status, text }).toEqual({ status: 200, text: "secret" });
  });

  it("answers nobody who gives it no name, or another one in the line of the request", async () => {
    expect(await answerTo("GET / HTTP/1.0")).toMatch(/^HTTP\/1\.1 403 /);
    expect(await answerTo("GET / HTTP/1.1")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await answerTo(`GET http://127.0.0.1:${server.port}/ HTTP/1.1\r\nhost: evil.example`)).toMatch(/ 403 /);
  });

  it("is no way to anywhere else, and speaks nothing but HTTP", async () => {
    const host = `host: 127.0.0.1:${server.port}`;
    expect(await answerTo(`CONNECT 127.0.0.1:22 HTTP/1.1\r\n${host}`)).toBe("");
    const upgrade = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: eA==";
    expect(await answerTo(`GET / HTTP/1.1\r\n${host}\r\n${upgrade}`)).not.toMatch(/ 101 /);
  });
});
