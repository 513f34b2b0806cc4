import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type AwsCalls, awsCalls } from "#local/aws/aws-endpoints";
import { startEmulators } from "#local/aws/emulators";
import { startHost } from "#local/host/host";
import { apiDoor, localRoutes } from "#local/host/local-routes";
import { listenLocally } from "#local/http/http-server";
import { startIssuer } from "#local/issuer/issuer";

const fixtureTemplate = join(import.meta.dirname, "../fixtures/local-host/fixture.template.json");

export interface HostFacts {
  api: string;
  issuer: string;
  endpoints: Record<"DYNAMODB" | "SQS" | "SES" | "SECRETS_MANAGER", string>;
}

export interface FixtureHost extends HostFacts {
  /** What the host showed to the person at the keyboard. */
  said: string[];
  close(): Promise<void>;
}

/** The host on the fixture's template, in this process, with everything around it that a test needs. */
export const startFixtureHost = async (folder: string): Promise<FixtureHost> => {
  mkdirSync(folder, { recursive: true });
  const closers: (() => Promise<void> | void)[] = [];
  const said: string[] = [];
  const issuer = await startIssuer({ port: 0, file: join(folder, "issuer-key.json"), pages: new Set() });
  const { endpoints } = await startEmulators({
    publish: async () => undefined,
    folder: { path: folder, file: (name) => join(folder, name), release: () => undefined },
    mailboxPort: 0,
    environment: {},
    closing: (close) => closers.push(close),
  });
  writeFileSync(join(folder, "records"), "", { flag: "a" });
  const host = await startHost({
    templateFile: fixtureTemplate,
    parameters: { JwtIssuer: issuer.url, RecordFile: join(folder, "records") },
    secretsByVariable: { VENDOR_KEY_SECRET: "the vendor key" },
    endpoints,
    stateFolder: folder,
    log: openSync(join(folder, "functions.log"), "a"),
    say: (line) => said.push(line),
  });
  const listener: RequestListener = localRoutes(host.schedules, host.api);
  // the door lets a page in that the template's CORS rules do not know, to see what those make of it
  const api = await listenLocally(listener, 0, apiDoor(new Set(["http://hub.test", "http://evil.test"])));
  closers.push(issuer.close, api.close, host.close);
  return {
    api: api.url,
    issuer: issuer.url,
    endpoints,
    said,
    close: async () => {
      for (const close of closers.toReversed()) await close();
    },
  };
};

const entry = z.looseObject({ pid: z.number().optional() });

/** One line per event that a function of the fixture got, oldest first. */
export const recordsIn = (folder: string): z.infer<typeof entry>[] =>
  readFileSync(join(folder, "records"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => entry.parse(JSON.parse(line)));

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "local-host-"));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Waits until `look` finds something, and hands it over. */
export const eventually = async <T>(
  look: () => T | undefined | Promise<T | undefined>,
  limitMs = 8_000,
): Promise<T> => {
  const until = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing came within ${limitMs} ms`);
    await sleep(20);
  }
};

export const callsTo = ({ endpoints }: HostFacts): AwsCalls => awsCalls(endpoints);

export const queueUrl = ({ endpoints }: HostFacts, name: string): string =>
  `${endpoints.SQS}/000000000000/fixture-${name}`;

export const sendMessage = async (facts: HostFacts, queue: string, body: unknown, more: object = {}): Promise<void> => {
  await callsTo(facts).sqs("AmazonSQS.SendMessage", {
    QueueUrl: queueUrl(facts, queue),
    MessageBody: JSON.stringify(body),
    ...more,
  });
};

const counts = z.object({
  Attributes: z.object({
    ApproximateNumberOfMessages: z.coerce.number(),
    ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  }),
});

/** How many messages a queue holds, waiting and in hand. */
export const queueLength = async (facts: HostFacts, queue: string): Promise<number> => {
  const answer = await callsTo(facts).sqs("AmazonSQS.GetQueueAttributes", {
    QueueUrl: queueUrl(facts, queue),
    AttributeNames: ["All"],
  });
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = counts.parse(answer).Attributes;
  return ApproximateNumberOfMessages + ApproximateNumberOfMessagesNotVisible;
};

export const putItem = async (facts: HostFacts, pk: string, sk: string, more: object = {}): Promise<void> => {
  await callsTo(facts).dynamodb("DynamoDB_20120810.PutItem", {
    TableName: "fixture-Table",
    Item: { pk: { S: pk }, sk: { S: sk }, ...more },
  });
};

export const getToken = async ({ issuer }: HostFacts, claims: object = {}): Promise<string> => {
  const headers = { "content-type": "application/json" };
  const reply = await fetch(`${issuer}/token`, { method: "POST", headers, body: JSON.stringify(claims) });
  return z.object({ access_token: z.string() }).parse(await reply.json()).access_token;
};

/** The processes that this one started, directly. */
export const childrenOf = (parent: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/status`, "utf8").includes(`PPid:\t${parent}\n`);
      } catch {
        return false;
      }
    });

export const processTree = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(processTree)];

/** `0100007F:0FA0`, as the kernel writes 127.0.0.1:4000, and 32 digits before the colon for IPv6. */
const readable = (address: string): string => {
  const [host = "", port = ""] = address.split(":");
  const bytes = host.match(/../g) ?? [];
  const name = bytes.length === 4 ? bytes.toReversed().map((byte) => Number.parseInt(byte, 16)) : [host];
  return `${name.join(".")}:${Number.parseInt(port, 16)}`;
};

/** The local addresses that these processes listen on, as `127.0.0.1:4000`. */
export const listeningAddresses = (pids: number[]): string[] => {
  const inodes = new Set(
    pids.flatMap((pid) =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return [];
        }
      }),
    ),
  );
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    readFileSync(table, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === "0A" && inodes.has(columns[9] ?? ""))
      .map((columns) => readable(columns[1] ?? "")),
  );
};
