import { inspect } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dynamoTable } from "#shared/table/dynamo-table";
import type { Item, Table } from "#shared/table/table";
import { json, type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

let server: LoopbackServer;
let client: DynamoDBClient;
let table: Table;

beforeEach(async () => {
  server = await startLoopbackServer(json(200, {}));
  client = new DynamoDBClient({
    endpoint: server.url,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  table = dynamoTable(client, "table");
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const key = { pk: "canary", sk: "1" };
const item: Item = { ...key, version: 1 };
const calls: [string, () => Promise<unknown>][] = [
  ["get", () => table.get(key)],
  ["getMany", () => table.getMany([key])],
  ["put", () => table.put(item)],
  ["delete", () => table.delete(key)],
  ["transact", () => table.transact([{ put: item }])],
  ["query", () => table.query({ pk: "canary" })],
  ["count", () => table.count({ pk: "canary", prefix: "", where: { canary: "something" } })],
  ["due", () => table.due({ kind: "canary", until: "2026", limit: 1 })],
];
const answers = (name: string, more: object = {}) =>
  server.respondWith(json(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "canary", ...more }));
const thrownBy = async (call: () => Promise<unknown>) => {
  const thrown = await call().catch((error: unknown) => error);
  expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain("canary");
  return thrown;
};

describe.each(calls)("%s", (_, call) => {
  it.each(["ResourceNotFoundException", "AccessDeniedException", "ValidationException"])(
    "throws a fault that names a %s",
    async (name) => {
      answers(name);

      expect(await thrownBy(call)).toMatchObject({
        name: "InfrastructureFault",
        message: `The service's database refused a call: ${name}`,
      });
    },
  );

  it("says that the table is unavailable while it is busy, or not reached", async () => {
    answers("ThrottlingException");
    const busy = await thrownBy(call);
    server.respondWith(({ socket }) => socket.resetAndDestroy());
    const away = await thrownBy(call);

    expect(busy).toMatchObject({ code: "table.unavailable", cause: { name: "ThrottlingException" } });
    expect(away).toMatchObject({ code: "table.unavailable" });
  });
});

describe("a transaction", () => {
  const end = async (...codes: string[]) => {
    answers("TransactionCanceledException", {
      CancellationReasons: codes.map((Code) => ({ Code, Message: "canary ConditionalCheckFailed" })),
    });
    return thrownBy(() => table.transact([{ put: item }]));
  };

  it.each([
    [["None", "ConditionalCheckFailed"]],
    [["TransactionConflict"]],
    [["ValidationError", "ConditionalCheckFailed"]],
  ])("has lost a race where its writes ended as %j", async (codes) => {
    expect(await end(...codes)).toMatchObject({ code: "table.conflict" });
  });

  it.each([["ThrottlingError"], ["ProvisionedThroughputExceeded"]])(
    "may be tried again after a %s of one of its writes",
    async (code) => {
      expect(await end("None", code)).toMatchObject({ code: "table.unavailable", cause: { name: code } });
    },
  );

  it("is at fault where one of its writes is not valid", async () => {
    expect(await end("ValidationError", "None")).toMatchObject({
      message: "The service's database refused a call: ValidationError",
    });
  });
});

it("hands out the rows of a page beside one that has no version", async () => {
  const damaged = marshall({ pk: "a", sk: "2", name: "damaged" });
  server.respondWith(json(200, { Items: [marshall({ pk: "a", sk: "1", version: 3 }), damaged] }));

  const { items } = await table.query({ pk: "a" });

  expect(items).toEqual([
    { pk: "a", sk: "1", version: 3 },
    { pk: "a", sk: "2", name: "damaged", version: Number.NaN },
  ]);
});
