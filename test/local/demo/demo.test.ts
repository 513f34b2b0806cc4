import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findRunningSystem } from "#local/demo/running-system";
import { type LoopbackServer, loopbackServer } from "#test/local/loopback-server";
import { fakeWorld } from "./fake-world.ts";

let folder = "";
let server: LoopbackServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-"));
});
afterEach(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const writeEndpoints = (url: string, gradient = url) => {
  const endpoints = { hubUi: url, api: url, gradient, mailbox: url, issuer: url };
  writeFileSync(join(folder, "endpoints.json"), JSON.stringify({ ...endpoints, pid: 1 }));
};

describe("findRunningSystem", () => {
  it("finds the system whose issuer answers", async () => {
    server = await loopbackServer(() => ({ status: 200, body: { keys: [] } }));
    writeEndpoints(server.url);

    expect(await findRunningSystem(folder)).toMatchObject({ api: server.url });
    expect(server.received.map(({ path }) => path)).toEqual(["/.well-known/jwks.json"]);
  });

  it("finds none where the file is left over from a system that is gone", async () => {
    server = await loopbackServer(() => ({ status: 200, body: {} }));
    writeEndpoints(server.url);
    await server.stop();

    expect(await findRunningSystem(folder)).toBeUndefined();
  });

  it("finds none where something else has taken the port", async () => {
    server = await loopbackServer(() => ({ status: 404, body: {} }));
    writeEndpoints(server.url);

    expect(await findRunningSystem(folder)).toBeUndefined();
  });

  it("finds none where the file is missing or half-written", async () => {
    expect(await findRunningSystem(folder)).toBeUndefined();
    writeFileSync(join(folder, "endpoints.json"), '{"api": "http://127');
    expect(await findRunningSystem(folder)).toBeUndefined();
  });
});

describe("npm run demo", () => {
  const runDemo = async (environment: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, ["local/demo/demo.ts"], {
      env: { ...process.env, GRADIENT_BILLING_STATE: folder, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    await once(child, "close");
    return { exitCode: child.exitCode, output };
  };

  it("exits 0 once every step did what it should, in plain text where no terminal is", async () => {
    server = await fakeWorld();
    writeEndpoints(server.url);

    const { exitCode, output } = await runDemo();

    expect(output).toContain(`It runs already, its API at ${server.url}.`);
    expect(output.trimEnd()).toMatch(/Every step did what it should\.\n\nWhat to look at\n.*\n.*\n {2}the mail .*$/);
    expect(output).not.toContain("\u001b");
    expect(exitCode).toBe(0);
  });

  it("waits for a system that is coming up", async () => {
    server = await fakeWorld();
    const { url } = server;
    const holder = readFileSync("/proc/1/cmdline", "utf8").replaceAll("\0", " ").trim();
    writeFileSync(join(folder, "running.json"), JSON.stringify({ pid: 1, commandLine: holder }));
    setTimeout(() => writeEndpoints(url), 2_000);

    const { exitCode, output } = await runDemo();

    expect(output).toContain(`One comes up or stops with the state in ${folder}: waiting for it, 60 s at most.\n`);
    expect(output).toContain(`It runs already, its API at ${url}.`);
    expect(exitCode).toBe(0);
  });

  it("does not play with the real Gradient", async () => {
    const { exitCode, output } = await runDemo({
      GRADIENT_BASE_URL: "https://app.usegradient.com/api",
      GRADIENT_VENDOR_KEY: "canary-vendor-key",
    });

    expect(output.trimEnd().split("\n").at(-1)).toMatch(/^ {2}✗ The demo plays the partner in the Gradient sandbox, /);
    expect(exitCode).toBe(1);
  });

  it("does not touch a system that runs with the real Gradient", async () => {
    server = await fakeWorld();
    writeEndpoints(server.url, "https://app.usegradient.com");

    const { exitCode, output } = await runDemo();

    expect(output).toContain("✗ The demo plays the partner in the Gradient sandbox, ");
    expect(server.received.map(({ path }) => path)).toEqual(["/.well-known/jwks.json"]);
    expect(exitCode).toBe(1);
  });

  it("exits 1 after a broken step, with one sentence and no stack trace", async () => {
    server = await fakeWorld({
      "PUT /v1/integrations/gradient/token": {
        status: 422,
        body: { code: "token.rejected", detail: "Gradient refused the token." },
      },
    });
    writeEndpoints(server.url);

    const { exitCode, output } = await runDemo();

    expect(output.trimEnd().split("\n").at(-1)).toBe(
      '  ✗ Step 5, "Paste the key into the hub", failed: PUT /v1/integrations/gradient/token answered 422 token.rejected: Gradient refused the token.',
    );
    expect(output).not.toContain("    at ");
    expect(exitCode).toBe(1);
  });
});
