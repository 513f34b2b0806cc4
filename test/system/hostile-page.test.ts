import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { listeningAddresses, processTree } from "./host-harness.ts";
import { type RunningSystem, startLocalSystem } from "./local-system.ts";
import { pageRequest } from "./page-request.ts";

const evil = "http://evil.example";
const json = "application/json";
const asks = (target: string) => ({ "x-amz-target": target, authorization: "AWS4-HMAC-SHA256 local" });
const vendorKeyRequest = {
  type: "application/x-amz-json-1.1",
  headers: asks("secretsmanager.GetSecretValue"),
  body: { SecretId: "gradient-billing/local/vendor-key" },
};
const queueRequest = {
  type: "application/x-amz-json-1.0",
  headers: asks("AmazonSQS.CreateQueue"),
  body: { QueueName: "made-by-a-page" },
};

let system: RunningSystem;
/** Every server of the system on 127.0.0.1: the five that the contract names, SQS and Secrets Manager. */
let servers: string[];
let sqs: string;
let secrets: string;
/** Where dynoxide listens, which checks nothing. */
let hidden: string[];

const look = async (url: string) => (await pageRequest(url, { method: "GET" })).text;
const onEvery = (...paths: string[]) => servers.flatMap((server) => paths.map((path) => `${server}${path}`));
const schedules = () => `${system.endpoints.api}/_local/schedules`;
const run = () => `${schedules()}/admit-exports/run`;

beforeAll(async () => {
  system = await startLocalSystem();
  const addresses = listeningAddresses(processTree(system.endpoints.pid));
  hidden = addresses.filter((address) => !address.startsWith("127.0.0.1:"));
  servers = addresses.filter((address) => !hidden.includes(address)).map((address) => `http://${address}`);
  const unnamed = servers.filter((url) => !JSON.stringify(system.endpoints).includes(`${url}"`));
  const queues = await Promise.all(unnamed.map((url) => look(`${url}/_fauxqs/queues`)));
  sqs = unnamed.find((_url, index) => queues[index]?.includes("QueueUrl") || queues[index]?.startsWith("[")) ?? "";
  secrets = unnamed.find((url) => url !== sqs) ?? "";
});
afterAll(async () => {
  await system?.stop();
});

describe("a name that somebody else points at this machine", () => {
  it("reaches no server", async () => {
    expect(servers).toHaveLength(7);
    for (const url of servers) {
      const { port } = new URL(url);
      const hosts = [`rebound.evil.example:${port}`, "evil.example", "127.0.0.1", "127.0.0.1:1", `127.0.0.2:${port}`];
      for (const host of hosts) {
        const { status } = await pageRequest(url, { method: "GET", host });
        expect({ url, host, status }).toEqual({ url, host, status: 403 });
      }
    }
  });

  it("reads no vendor key", async () => {
    const settings = readFileSync(join(system.stateFolder, "settings.json"), "utf8");
    const { vendorKey } = z.object({ vendorKey: z.string() }).parse(JSON.parse(settings));
    const { port } = new URL(secrets);

    // a program of this machine does, under either of its names
    expect((await pageRequest(secrets, vendorKeyRequest)).text).toContain(vendorKey);
    expect((await pageRequest(secrets, { ...vendorKeyRequest, host: `localhost:${port}` })).text).toContain(vendorKey);
    const rebound = await pageRequest(secrets, { ...vendorKeyRequest, host: `rebound.evil.example:${port}` });
    expect(rebound.status).toBe(403);
    expect(rebound.text).not.toContain(vendorKey);
  });
});

describe("a page of another origin", () => {
  // a sandboxed frame, and a page that hides where it comes from, say null; another server of this machine is foreign,
  // too
  const foreign = [evil, "null", "http://127.0.0.1:1", "http://localhost.evil.example", "https://127.0.0.1"];
  const requests = [
    { method: "POST", type: "text/plain", body: {} },
    { method: "POST", type: json, body: {} },
    { method: "PUT", type: json, body: {} },
    { method: "DELETE" },
  ];

  it("changes nothing on any server, whatever it sends", async () => {
    for (const url of servers) {
      for (const asked of foreign.flatMap((origin) => requests.map((request) => ({ ...request, origin })))) {
        const reply = await pageRequest(url, asked);
        expect({ url, asked, ...reply }).toMatchObject({ status: 403, readableBy: undefined });
      }
    }
  });

  it("may read no answer, and gets leave for no request", async () => {
    const paths = [
      "/",
      "/store",
      "/_partner/organizations",
      "/_local/schedules",
      "/v1/integrations/gradient",
      "/token",
    ];
    const headers = { "access-control-request-method": "POST", "access-control-request-headers": "x-amz-target" };
    for (const url of onEvery(...paths)) {
      const read = await pageRequest(url, { method: "GET", origin: evil });
      const preflight = await pageRequest(url, { method: "OPTIONS", origin: evil, headers });
      expect({ url, by: [read.readableBy, preflight.readableBy] }).toEqual({ url, by: [undefined, undefined] });
    }
  });

  it("gets no token, fires no schedule, clears no mailbox, and makes no organization and no queue", async () => {
    const { issuer, gradient, mailbox } = system.endpoints;
    const before = await look(schedules());
    const page = { origin: evil, type: "text/plain" };
    const replies = [
      await pageRequest(`${issuer}/token`, { ...page, body: { org_id: "org-1001", role: "owner" } }),
      await pageRequest(run(), page),
      await pageRequest(run(), { origin: evil }),
      await pageRequest(`${mailbox}/clear-store`, { origin: evil }),
      await pageRequest(`${gradient}/_partner/organizations`, { ...page, body: { name: "Made by a page" } }),
      await pageRequest(sqs, { ...queueRequest, origin: evil }),
    ];

    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 403));
    expect(replies[0]?.text).not.toContain("access_token");
    expect(await look(schedules())).toBe(before);
    expect(await look(`${gradient}/_partner/organizations`)).toBe('{"items":[]}');
    expect(await look(`${sqs}/_fauxqs/queues`)).not.toContain("made-by-a-page");
  });
});

describe("a form, and a script that asks for no leave", () => {
  const forms = ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

  it("post nothing, even from a browser that does not say where they come from", async () => {
    const { issuer, gradient, mailbox } = system.endpoints;
    const organizations = `${gradient}/_partner/organizations`;
    for (const url of [`${issuer}/token`, run(), organizations, `${mailbox}/clear-store`, secrets, sqs]) {
      for (const asked of [...forms.map((type) => ({ type })), {}]) {
        const { status } = await pageRequest(url, { ...asked, body: '{"name":"Made by a form"}' });
        expect({ url, asked, status }).toEqual({ url, asked, status: 415 });
      }
    }
  });
});

describe("another person of this machine", () => {
  it("opens no file of a system that runs", () => {
    const entries = readdirSync(system.stateFolder, { recursive: true, withFileTypes: true });
    expect(entries.length).toBeGreaterThan(8);
    expect(statSync(system.stateFolder).mode & 0o777).toBe(0o700);
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      expect({ path, mode: statSync(path).mode & 0o777 }).toEqual({ path, mode: entry.isDirectory() ? 0o700 : 0o600 });
    }
  });
});

describe("whoever belongs here", () => {
  it("is let in: programs, and the hub's own page under either name", async () => {
    const { issuer, hubUi, mailbox } = system.endpoints;
    for (const origin of [hubUi, hubUi.replace("127.0.0.1", "localhost")]) {
      const leave = await pageRequest(`${issuer}/token`, { method: "OPTIONS", origin });
      const reply = await pageRequest(`${issuer}/token`, { origin, type: json, body: { org_id: "org-1001" } });
      expect([leave, reply]).toMatchObject([
        { status: 204, readableBy: origin },
        { status: 200, readableBy: origin },
      ]);
    }
    // as `curl -X POST` sends it
    expect((await pageRequest(run())).status).toBe(200);
    expect((await pageRequest(`${mailbox}/clear-store`, { origin: mailbox })).status).toBe(200);
  });
});

describe("the database, which answers whoever finds it", () => {
  it("is where no page can guess, and no page can read where that is", async () => {
    const [host = ""] = hidden[0]?.split(":") ?? [];
    expect(hidden).toHaveLength(1);
    expect(host).toMatch(/^127\.\d+\.\d+\.\d+$/);
    await pageRequest(run());

    const paths = ["/", "/store", "/_partner/organizations", "/_local/schedules", "/_fauxqs/queues", "/endpoints.json"];
    for (const url of onEvery(...paths)) {
      expect({ url, tells: (await look(url)).includes(host) }).toEqual({ url, tells: false });
    }
  });
});
