import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { removeExpired } from "#local/aws/expired-items";
import {
  callsTo,
  eventually,
  type FixtureHost,
  putItem,
  queueLength,
  recordsIn,
  removeFolder,
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

const batch = z.object({ stream: z.array(z.string()), at: z.number(), source: z.string(), image: z.unknown() });
const batches = () => recordsIn(folder).flatMap((entry) => batch.safeParse(entry).data ?? []);
const keys = () => batches().flatMap(({ stream }) => stream);
const arrival = (key: string) => eventually(() => (keys().includes(key) ? true : undefined));

describe("a table's stream", () => {
  it("brings what the filter lets through and nothing else, soon", async () => {
    await putItem(host, "partner#1", "state");
    await putItem(host, "outbox#3", "first", { body: { S: "hello" } });
    await arrival("outbox#3/first");
    const writtenAt = Date.now();
    await putItem(host, "outbox#3", "second");
    await arrival("outbox#3/second");

    expect(keys()).toEqual(["outbox#3/first", "outbox#3/second"]);
    expect(batches()[0]).toMatchObject({
      source: expect.stringMatching(/:table\/fixture-Table\/stream\/local$/),
      image: { body: { S: "hello" } },
    });
    expect((batches().at(-1)?.at ?? 0) - writtenAt).toBeLessThan(1_000);
  });

  it("comes again from the record that failed", async () => {
    await Promise.all(["later-1", "later-2", "later-3"].map((sk) => putItem(host, "outbox#4", sk)));
    // the records may come in batches of their own, the last of them after the repeat
    const seen = await eventually(() => {
      const all = keys().filter((key) => key.startsWith("outbox#4"));
      return all.length > 3 && new Set(all).size === 3 ? all : undefined;
    });
    expect(new Set(seen)).toEqual(new Set(["outbox#4/later-1", "outbox#4/later-2", "outbox#4/later-3"]));
  });

  it("gives up on a record after its retries, keeps the others, and leaves a note in the dead letters", async () => {
    // in one write, so that both are in one batch
    await callsTo(host).dynamodb("DynamoDB_20120810.TransactWriteItems", {
      TransactItems: ["poison", "after"].map((sk) => ({
        Put: { TableName: "fixture-Table", Item: { pk: { S: "outbox#5" }, sk: { S: sk } } },
      })),
    });
    await eventually(() => (batches().at(-1)?.stream.join() === "outbox#5/after" ? true : undefined));
    await eventually(async () => ((await queueLength(host, "StreamDead")) === 1 ? true : undefined));

    // once and two retries
    expect(keys().filter((key) => key === "outbox#5/poison")).toHaveLength(3);
  });
});

describe("items that have expired", () => {
  it("are deleted, and those that have not stay", async () => {
    const { dynamodb } = callsTo(host);
    const now = new Date("2030-01-01T00:00:00Z");
    const seconds = now.getTime() / 1000;
    await putItem(host, "ttl", "gone", { expiresAt: { N: String(seconds - 1) } });
    await putItem(host, "ttl", "stays", { expiresAt: { N: String(seconds + 1) } });
    await putItem(host, "ttl", "forever");

    await removeExpired(dynamodb, { name: "fixture-Table", keyNames: ["pk", "sk"], expiryAttribute: "expiresAt" }, now);

    const query = {
      TableName: "fixture-Table",
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "ttl" } },
      ProjectionExpression: "sk",
    };
    expect(await dynamodb("DynamoDB_20120810.Query", query)).toMatchObject({
      Items: [{ sk: { S: "forever" } }, { sk: { S: "stays" } }],
    });
  });
});
