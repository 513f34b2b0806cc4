import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyWebhook } from "#shared/gradient/webhook-signature";
import { type LoopbackServer, startLoopbackServer } from "#test/contract/loopback-server";

const secretOf = (text: string) => `whsec_${Buffer.from(text).toString("base64")}`;
const secret = secretOf("canary-webhook-key-of-the-script");
const stranger = secretOf("canary-webhook-key-of-a-stranger");

let folder = "";
let server: LoopbackServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "webhook-"));
  // as the service does it
  server = await startLoopbackServer(({ headers, body }, response) => {
    const header = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined);
    const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    try {
      verifyWebhook({ id, timestamp, signature, body, keys: [secret], now: new Date() });
      response.writeHead(202).end('{"accepted":true}');
    } catch {
      response.writeHead(401).end('{"code":"webhook.signature"}');
    }
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const send = async (args: string[], environment: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, ["local/send-webhook.ts", ...args], {
    env: { ...process.env, GRADIENT_BILLING_STATE: folder, GRADIENT_WEBHOOK_SECRET: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      printed[name] += chunk.toString("utf8");
    });
  }
  await once(child, "close");
  for (const one of [secret, stranger]) expect(printed.stdout + printed.stderr).not.toContain(one.slice(6, 30));
  return { exitCode: child.exitCode, ...printed };
};

it("signs one delivery, sends it, and prints what was answered", async () => {
  const names = ["--organization", "org/é", "--integration", "int-7"];

  const { exitCode, stdout, stderr } = await send(["--url", `${server.url}/hook?a=b`, "--secret", secret, ...names]);

  const { method, path, headers, body } = server.received[0] ?? {};
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe(`${headers?.["webhook-id"]}\n202 Accepted\n{"accepted":true}\n`);
  expect({ method, path, type: headers?.["content-type"] }).toEqual({
    method: "POST",
    path: "/hook?a=b",
    type: "application/json",
  });
  expect(new Webhook(secret).verify(body ?? "", headers as Record<string, string>)).toEqual({
    type: "mapping.completed",
    timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
    data: { organizationId: "org/é", integrationId: "int-7" },
  });
});

it("says with its exit code that it was refused", async () => {
  const { exitCode, stdout } = await send(["--url", server.url, "--secret", stranger]);

  expect(stdout).toMatch(/^msg_\S+\n401 Unauthorized\n{"code":"webhook.signature"}\n$/);
  expect(exitCode).toBe(1);
});

it("takes the secret from the environment, else that of the local system", async () => {
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ vendorKey: "local", webhookSecret: secret }));

  expect(await send(["--url", server.url])).toMatchObject({ exitCode: 0 });
  expect(await send(["--url", server.url], { GRADIENT_WEBHOOK_SECRET: stranger })).toMatchObject({ exitCode: 1 });
});

it.each<[string, string[], string]>([
  ["no URL", ["--secret", secret], "--url is missing or no URL"],
  ["what is no URL", ["--url", "localhost", "--secret", secret], "--url is missing or no URL"],
  ["a secret that is too short", ["--url", "http://127.0.0.1:1", "--secret", secretOf("short")], "24 bytes"],
  ["no secret", ["--url", "http://127.0.0.1:1"], "There is no secret: set GRADIENT_WEBHOOK_SECRET"],
  ["an unknown option", ["--uri", "http://127.0.0.1:1"], "The options are: npm run webhook"],
  ["a service that is not there", ["--url", "http://127.0.0.1:1", "--secret", secret], "did not answer"],
])("says in one sentence what is wrong with %s", async (_, args, words) => {
  const { exitCode, stdout, stderr } = await send(args);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toEqual([expect.stringContaining(words)]);
});
