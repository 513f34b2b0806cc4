import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  callsTo,
  eventually,
  type FixtureHost,
  queueLength,
  recordsIn,
  removeFolder,
  sendMessage,
  startFixtureHost,
  temporaryFolder,
} from "./host-harness.ts";

const folder = temporaryFolder();
let host: FixtureHost;

beforeAll(async () => {
  host = await startFixtureHost(folder);
});
afterAll(async () => {
  await host.close();
  removeFolder(folder);
});

const delivery = z.object({
  worker: z.array(z.looseObject({ id: z.string() })),
  from: z.number(),
  to: z.number(),
  source: z.string(),
  receives: z.array(z.number()),
  groups: z.array(z.string().nullish()),
});

/** Every batch that the worker got and that holds a message with such an id. */
const deliveries = (prefix: string) =>
  recordsIn(folder)
    .flatMap((entry) => delivery.safeParse(entry).data ?? [])
    .filter(({ worker }) => worker.some(({ id }) => id.startsWith(prefix)));

const idsOf = (found: ReturnType<typeof deliveries>) => found.flatMap(({ worker }) => worker.map(({ id }) => id));

describe("a queue's worker", () => {
  it("gets a message at once, with its attributes, and the message is gone", async () => {
    await sendMessage(
      host,
      "Work",
      { id: "plain-1" },
      { MessageAttributes: { kind: { DataType: "String", StringValue: "x" } } },
    );
    const [found] = await eventually(() => (deliveries("plain").length > 0 ? deliveries("plain") : undefined));

    expect(found).toMatchObject({ source: expect.stringMatching(/:fixture-Work$/), receives: [1] });
    expect(recordsIn(folder)).toContainEqual(
      expect.objectContaining({
        attributes: [{ kind: expect.objectContaining({ stringValue: "x", dataType: "String" }) }],
      }),
    );
    await eventually(async () => ((await queueLength(host, "Work")) === 0 ? true : undefined));
  });

  it("gets the whole batch again when it throws, and the dead letters get it in the end", async () => {
    const entries = ["throw-1", "throw-2"].map((id) => ({
      Id: id,
      MessageBody: JSON.stringify({ id, outcome: "throw" }),
    }));
    await callsTo(host).sqs("AmazonSQS.SendMessageBatch", {
      QueueUrl: `${host.endpoints.SQS}/000000000000/fixture-Work`,
      Entries: entries,
    });
    await eventually(async () => ((await queueLength(host, "Dead")) === 2 ? true : undefined));

    // twice: the redrive policy's maxReceiveCount
    expect(idsOf(deliveries("throw")).toSorted()).toEqual(["throw-1", "throw-1", "throw-2", "throw-2"]);
    expect(Math.max(...deliveries("throw").flatMap(({ receives }) => receives))).toBe(2);
    expect(await queueLength(host, "Work")).toBe(0);
  });

  it("gets back alone what it reported as failed", async () => {
    const before = await queueLength(host, "Dead");
    const bodies = [{ id: "part-good" }, { id: "part-bad", outcome: "fail" }];
    await callsTo(host).sqs("AmazonSQS.SendMessageBatch", {
      QueueUrl: `${host.endpoints.SQS}/000000000000/fixture-Work`,
      Entries: bodies.map((body) => ({ Id: body.id, MessageBody: JSON.stringify(body) })),
    });
    await eventually(async () => ((await queueLength(host, "Dead")) === before + 1 ? true : undefined));

    expect(idsOf(deliveries("part")).toSorted()).toEqual(["part-bad", "part-bad", "part-good"]);
  });
});

describe("a queue without a worker", () => {
  it("gives a message back at once when its receiver asks for that", async () => {
    const { sqs } = callsTo(host);
    const QueueUrl = `${host.endpoints.SQS}/000000000000/fixture-Idle`;
    const received = z.object({
      Messages: z.tuple([
        z.object({ ReceiptHandle: z.string(), Attributes: z.object({ ApproximateReceiveCount: z.string() }) }),
      ]),
    });
    const receive = async () =>
      received.parse(await sqs("AmazonSQS.ReceiveMessage", { QueueUrl, MessageSystemAttributeNames: ["All"] }))
        .Messages[0];
    await sendMessage(host, "Idle", { id: "given back" });
    const { ReceiptHandle } = await receive();
    await sqs("AmazonSQS.ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });

    expect((await receive()).Attributes.ApproximateReceiveCount).toBe("2");
  });
});

describe("a FIFO queue's worker", () => {
  it("gets each group in order and one at a time, and groups beside each other", async () => {
    for (const index of [1, 2, 3]) {
      for (const group of ["a", "b"]) {
        // the first long enough for a second process to start beside it, on a machine that is busy, too
        const body = { id: `fifo-${group}${index}`, sleepMs: index === 1 ? 2_000 : 120 };
        await sendMessage(host, "Ordered.fifo", body, { MessageGroupId: group });
      }
    }
    const found = await eventually(() => (deliveries("fifo").length === 6 ? deliveries("fifo") : undefined));
    const ofGroup = (group: string) =>
      found.filter(({ groups }) => groups[0] === group).toSorted((left, right) => left.from - right.from);

    for (const group of ["a", "b"]) {
      const ordered = ofGroup(group);
      expect(idsOf(ordered)).toEqual([1, 2, 3].map((index) => `fifo-${group}${index}`));
      for (const [index, { from }] of ordered.entries()) {
        expect(from).toBeGreaterThanOrEqual(ordered[index - 1]?.to ?? 0);
      }
    }
    const overlaps = ofGroup("a").some((a) => ofGroup("b").some((b) => a.from < b.to && b.from < a.to));
    expect(overlaps).toBe(true);
  });
});
