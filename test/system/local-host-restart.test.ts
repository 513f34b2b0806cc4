import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import * as z from "zod";
import { commandLine } from "#local/processes";
import {
  callsTo,
  childrenOf,
  eventually,
  getToken,
  type HostFacts,
  putItem,
  queueLength,
  queueUrl,
  recordsIn,
  removeFolder,
  sendMessage,
  temporaryFolder,
} from "./host-harness.ts";

const folder = temporaryFolder();
const script = join(import.meta.dirname, "../fixtures/local-host/host-process.ts");
const running = new Set<ChildProcess>();

const startHostProcess = async (): Promise<{ facts: HostFacts; child: ChildProcess }> => {
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  for await (const line of createInterface(child.stdout)) {
    return { child, facts: JSON.parse(line) as HostFacts };
  }
  throw new Error("the host did not start");
};

const kill = async (child: ChildProcess) => {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  running.delete(child);
};

afterAll(async () => {
  await Promise.all([...running].map(kill));
  removeFolder(folder);
});

const received = z.object({
  Messages: z.array(z.object({ Body: z.string(), Attributes: z.object({ ApproximateReceiveCount: z.string() }) })),
});
const busy = z.looseObject({ pid: z.number(), worker: z.array(z.looseObject({ id: z.string() })) });
const deliveriesOf = (id: string) =>
  recordsIn(folder)
    .flatMap((entry) => busy.safeParse(entry).data ?? [])
    .filter(({ worker }) => worker.some((each) => each.id === id));

it("has everything back after kill -9", async () => {
  const first = await startHostProcess();
  const calls = callsTo(first.facts);
  await putItem(first.facts, "kept", "row", { n: { N: "7" } });
  await putItem(first.facts, "outbox#1", "before");
  await calls.secrets("secretsmanager.CreateSecret", { Name: "kept/secret", SecretString: "whisper" });
  await sendMessage(first.facts, "Idle", { id: "waiting" });
  await sendMessage(first.facts, "Idle", { id: "in hand" });
  const Idle = { QueueUrl: queueUrl(first.facts, "Idle"), MessageSystemAttributeNames: ["All"] };
  received.parse(await calls.sqs("AmazonSQS.ReceiveMessage", Idle));
  await sendMessage(first.facts, "Ordered.fifo", { id: "cut short", sleepMs: 1_500 }, { MessageGroupId: "a" });
  await sendMessage(first.facts, "Ordered.fifo", { id: "next in line" }, { MessageGroupId: "a" });
  const token = await getToken(first.facts, { sub: "user-1" });
  await eventually(() => recordsIn(folder).find((entry) => "stream" in entry));
  const worker = await eventually(() => {
    const [pid] = childrenOf(first.child.pid ?? 0).filter((each) => commandLine(each)?.includes("/worker/"));
    return pid;
  });

  await putItem(first.facts, "outbox#1", "slow");
  await sleep(300);

  await kill(first.child);
  // the functions' processes go with the host, long before what they were at is done
  await eventually(() => (commandLine(worker) === undefined ? true : undefined), 500);
  const second = await startHostProcess();

  const after = callsTo(second.facts);
  const key = { TableName: "fixture-Table", Key: { pk: { S: "kept" }, sk: { S: "row" } } };
  expect(await after.dynamodb("DynamoDB_20120810.GetItem", key)).toMatchObject({ Item: { n: { N: "7" } } });
  expect(await after.secrets("secretsmanager.GetSecretValue", { SecretId: "kept/secret" })).toMatchObject({
    SecretString: "whisper",
  });

  // waiting and in hand alike are there to be received, the second one for the second time
  expect(await queueLength(second.facts, "Idle")).toBe(2);
  const { Messages } = received.parse(
    await after.sqs("AmazonSQS.ReceiveMessage", {
      ...Idle,
      QueueUrl: queueUrl(second.facts, "Idle"),
      MaxNumberOfMessages: 10,
    }),
  );
  expect(Messages.map(({ Attributes }) => Attributes.ApproximateReceiveCount).toSorted()).toEqual(["1", "2"]);

  // the cut message first, then the one behind it in its group
  await eventually(() => (deliveriesOf("next in line").length > 0 ? true : undefined));
  const [cut] = deliveriesOf("cut short");
  const [next] = deliveriesOf("next in line");
  expect(Number(cut?.to)).toBeLessThanOrEqual(Number(next?.from));

  // the stream goes on where it was: with what was being delivered, not with what is written from now on
  await eventually(() => recordsIn(folder).find(({ stream }) => String(stream).includes("outbox#1/slow")));
  await putItem(second.facts, "outbox#1", "after");
  await eventually(() => recordsIn(folder).find(({ stream }) => String(stream).includes("outbox#1/after")));
  expect(recordsIn(folder).filter(({ stream }) => String(stream).includes("outbox#1/before"))).toHaveLength(1);

  // the same key signs
  const keysOf = async ({ issuer }: HostFacts) => (await fetch(`${issuer}/.well-known/jwks.json`)).json();
  const [header] = token.split(".");
  const { kid } = JSON.parse(Buffer.from(header ?? "", "base64url").toString()) as { kid: string };
  expect(await keysOf(second.facts)).toMatchObject({ keys: [{ kid }] });
}, 30_000);
