import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "#local/processes";
import { listeningAddresses, processTree, removeFolder, temporaryFolder } from "./host-harness.ts";
import { type FailedStart, type RunningSystem, startInVain, startLocalSystem } from "./local-system.ts";

/** One sentence for a person, no stack trace, exit code 1. */
const expectOneSentence = ({ code, stderr }: FailedStart, ...words: string[]) => {
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+/);
  for (const word of words) expect(stderr).toContain(word);
  expect(code).toBe(1);
};

describe("a running system", () => {
  let system: RunningSystem;
  beforeAll(async () => {
    system = await startLocalSystem();
  });
  afterAll(() => system.stop());

  it("says where everything is, and ready at the end", () => {
    const { endpoints, output } = system;

    expect(output.at(-1)).toBe("ready");
    for (const url of [endpoints.hubUi, endpoints.api, endpoints.gradient, endpoints.mailbox, endpoints.issuer]) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(output.join("\n")).toContain(url);
    }
  });

  it("listens on this machine and nowhere else", () => {
    const addresses = listeningAddresses(processTree(system.endpoints.pid));

    // five of ours, DynamoDB, SQS and Secrets Manager
    expect(addresses.length).toBeGreaterThanOrEqual(8);
    expect(addresses.filter((address) => !/^127\.\d+\.\d+\.\d+:/.test(address))).toEqual([]);
  });

  it("keeps its state to its owner, every file of it", () => {
    const paths = readdirSync(system.stateFolder, { recursive: true, encoding: "utf8" });
    const open = ["", ...paths].filter((name) => (statSync(join(system.stateFolder, name)).mode & 0o077) !== 0);

    expect(paths).toEqual(expect.arrayContaining(["dynamodb.sqlite", "queues/fauxqs.db", "logs/functions.log"]));
    expect(open).toEqual([]);
  });

  it("tells its page where everything is", async () => {
    const { api, gradient, mailbox, issuer } = system.endpoints;
    const setting = await (await fetch(`${system.endpoints.hubUi}/setting.json`)).json();

    expect(setting).toMatchObject({ api, gradient, mailbox, issuer });
  });

  it("has the template's schedules by name", async () => {
    const { items } = (await (await fetch(`${system.endpoints.api}/_local/schedules`)).json()) as {
      items: { name: string }[];
    };

    expect(items.map(({ name }) => name).toSorted()).toEqual([
      "admit-exports",
      "sweep-outbox",
      "sync-catalogue",
      "watch-mails",
      "watch-mappings",
    ]);
  });

  it("survives callers that hang up in the middle of a request", async () => {
    for (const url of [system.endpoints.issuer, system.endpoints.api]) {
      const { port } = new URL(url);
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), "127.0.0.1", () => {
          socket.write(
            `POST /token HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\nhalf`,
            () => {
              socket.destroy();
              resolve();
            },
          );
        });
      });
    }

    expect(await system.token()).toMatch(/^ey/);
  });

  it("refuses a second one on the same state", async () => {
    // though its ports are taken as well
    const environment = { PORT_BASE: new URL(system.endpoints.hubUi).port };
    expectOneSentence(
      await startInVain({ stateFolder: system.stateFolder, environment }),
      "runs already",
      String(system.endpoints.pid),
    );
  });
});

describe("stopping and starting again", () => {
  it("keeps the state over a kill and SIGTERM, ends everything, and forgets only when told to", async () => {
    const stateFolder = temporaryFolder();
    const first = await startLocalSystem({ stateFolder });
    await (await fetch(`${first.endpoints.mailbox}/`, { method: "POST", ...aMail })).text();
    await first.kill9();

    const second = await startLocalSystem({ stateFolder });
    expect(await mailsOf(second)).toHaveLength(1);
    const pids = processTree(second.endpoints.pid);
    expect(await second.stop()).toBe(0);
    await expect.poll(() => pids.filter((pid) => commandLine(pid) !== undefined)).toEqual([]);

    const environment = { GRADIENT_BASE_URL: "http://gradient.test/api", GRADIENT_VENDOR_KEY: "another key" };
    const third = await startLocalSystem({ stateFolder, args: ["--fresh"], environment });
    expect(await mailsOf(third)).toEqual([]);
    // another Gradient: the sandbox stays off
    expect(third.endpoints.gradient).toBe("http://gradient.test");
    expect(readFileSync(join(stateFolder, "secrets.json"), "utf8")).toContain("another key");
    expect(existsSync(join(stateFolder, "gradient-sandbox.json"))).toBe(false);
    await third.stop();
    removeFolder(stateFolder);
  }, 180_000);
});

const aMail = {
  headers: { authorization: "AWS4-HMAC-SHA256 local", "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({
    Action: "SendEmail",
    Source: "billing@hub.example",
    "Destination.ToAddresses.member.1": "owner@msp.example",
    "Message.Subject.Data": "Kept",
    "Message.Body.Text.Data": "text",
  }),
};
const mailsOf = async ({ endpoints }: RunningSystem) =>
  ((await (await fetch(`${endpoints.mailbox}/store`)).json()) as { emails: unknown[] }).emails;

describe("what a person can put right is said in one sentence", () => {
  const stateFolder = temporaryFolder();
  afterEach(() => removeFolder(stateFolder));

  it("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;

    const failed = await startInVain({ stateFolder, environment: { PORT_BASE: String(port - 2) } });

    expectOneSentence(failed, "already taken", "PORT_BASE");
    server.close();
  });

  it("a state folder that cannot be written", async () => {
    const file = join(temporaryFolder(), "a-file");
    writeFileSync(file, "");

    expectOneSentence(
      await startInVain({ stateFolder: join(file, "state") }),
      "cannot be written",
      "GRADIENT_BILLING_STATE",
    );
  });

  it("a damaged file of the state, which --fresh gets over", async () => {
    const folder = temporaryFolder();
    await (await startLocalSystem({ stateFolder: folder })).stop();
    const damaged = ["dynamodb.sqlite", "queues/fauxqs.db", "secrets.json", "gradient-sandbox.json"].map((name) => {
      const copy = temporaryFolder();
      cpSync(folder, copy, { recursive: true });
      for (const suffix of ["", "-wal"]) writeFileSync(join(copy, `${name}${suffix}`), "this is no state at all");
      return copy;
    });

    const failures = await Promise.all(damaged.map((copy) => startInVain({ stateFolder: copy })));
    for (const failed of failures) expectOneSentence(failed, "--fresh");

    const second = await startLocalSystem({ stateFolder: damaged[0] ?? "", args: ["--fresh"] });
    expect(await second.stop()).toBe(0);
    for (const copy of [folder, ...damaged]) removeFolder(copy);
  }, 180_000);

  it("an option that does not exist", async () => {
    expectOneSentence(await startInVain({ stateFolder, args: ["--frash"] }), "--fresh, --headless and --no-sample");
  });
});
