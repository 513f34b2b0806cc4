import { inspect } from "node:util";
import type { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import type { Task } from "#shared/outbox/outbox";
import { sqsTaskQueues } from "#shared/outbox/sqs-task-queues";
import { oddIds } from "#test/builders/bad-ids";

const urls = {
  accounts: "accounts",
  mail: "mail",
  "on-demand": "now",
  scheduled: "later",
  disconnects: "left",
};

const anSqs = () => {
  const sent: SendMessageCommand["input"][] = [];
  const client = { send: async ({ input }: SendMessageCommand) => void sent.push(input) };
  return { sent, queues: sqsTaskQueues(client as unknown as SQSClient, urls) };
};
const anExportTask = (partnerId: string, exportId = "20261123T010000000Z-schedule", leg = 0): Task => ({
  kind: "export-usage",
  lane: "scheduled",
  partnerId,
  exportId,
  leg,
});

it.each<[Task, string]>([
  [{ kind: "sync-accounts", partnerId: "a", reason: "check" }, "accounts"],
  [{ kind: "send-owner-mail", partnerId: "a", mailId: "m" }, "mail"],
  [{ kind: "close-connection", partnerId: "a", secretName: "s", versionId: "v" }, "left"],
  [{ ...anExportTask("a"), lane: "on-demand" } as Task, "now"],
  [anExportTask("a"), "later"],
])("brings %j to its queue", async (task, QueueUrl) => {
  const { sent, queues } = anSqs();

  await queues.send(task);

  expect(sent).toMatchObject([{ QueueUrl, MessageBody: JSON.stringify(task) }]);
});

it("puts a partner's exports in one group, so that many of them keep no other partner waiting", async () => {
  const { sent, queues } = anSqs();

  for (const task of [anExportTask("a"), anExportTask("b"), anExportTask("a", "another")]) await queues.send(task);

  const [first, second, third] = sent;
  expect(third?.MessageGroupId).toBe(first?.MessageGroupId);
  expect(second?.MessageGroupId).not.toBe(first?.MessageGroupId);
});

it("puts a partner's looks in one group, too", async () => {
  const { sent, queues } = anSqs();

  for (const partnerId of ["a", "b", "a"]) await queues.send({ kind: "sync-accounts", partnerId, reason: "feed" });

  const [first, second, third] = sent;
  expect(first?.MessageGroupId).toBeDefined();
  expect(third?.MessageGroupId).toBe(first?.MessageGroupId);
  expect(second?.MessageGroupId).not.toBe(first?.MessageGroupId);
});

it("sends nothing that only an ordered queue takes", async () => {
  const { sent, queues } = anSqs();

  await queues.send(anExportTask("a"));

  expect(Object.keys(sent[0] ?? {}).sort()).toEqual(["MessageBody", "MessageGroupId", "QueueUrl"]);
});

it.each(Object.entries(oddIds))("makes an id that SQS takes of a partner's id with %s", async (_, partnerId) => {
  const { sent, queues } = anSqs();

  await queues.send(anExportTask(partnerId));

  expect(sent[0]?.MessageGroupId).toMatch(/^[\w-]{1,128}$/);
});

it.each([
  ["RequestThrottled", { code: "queue.unavailable", message: "The service's queue did not answer." }],
  ["QueueDoesNotExist", { message: "The service's queue refused a call: QueueDoesNotExist" }],
])("tells of a %s without quoting what was sent", async (name, told) => {
  const failure = Object.assign(new Error("no for canary"), { name });
  const failing = { send: () => Promise.reject(failure) } as unknown as SQSClient;

  const thrown = await sqsTaskQueues(failing, urls)
    .send(anExportTask("a"))
    .catch((error: unknown) => error);

  expect(thrown).toMatchObject(told);
  expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain("canary");
});

it("waits no longer for an answer than it may, and takes that for something that passes", async () => {
  const silent = {
    send: (_: SendMessageCommand, { abortSignal }: { abortSignal?: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        const aborted = () => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
        abortSignal?.addEventListener("abort", aborted);
      }),
  } as unknown as SQSClient;

  await expect(sqsTaskQueues(silent, urls, 20).send(anExportTask("a"))).rejects.toMatchObject({
    code: "queue.unavailable",
  });
});

it("names a queue that is not wired", async () => {
  const { mail: _, ...others } = urls;
  const queues = sqsTaskQueues({} as SQSClient, others);

  await expect(queues.send({ kind: "send-owner-mail", partnerId: "a", mailId: "m" })).rejects.toThrow(
    "No queue is wired for send-owner-mail",
  );
});
