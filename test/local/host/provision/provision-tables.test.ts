import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type AwsCall, awsCall } from "#local/aws/aws-call";
import { type Dynoxide, dynoxideCandidates, startDynoxide } from "#local/aws/dynoxide";
import { provisionTables } from "#local/host/provision/provision-tables";
import { openStack } from "#local/host/template/stack";
import { StartupProblem } from "#local/startup-problem";

let folder: string;
let dynoxide: Dynoxide;
let dynamodb: AwsCall;
const start = async () => {
  dynoxide = await startDynoxide(folder, dynoxideCandidates(process.env));
  dynamodb = awsCall({ endpoint: dynoxide.url, service: "dynamodb", version: "1.0" });
};

const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];
const sparse = (name: string) => ({
  IndexName: name,
  KeySchema: keys(`${name}Kind`, `${name}At`),
  Projection: { ProjectionType: "KEYS_ONLY" },
});

/** A template with the one table, as a version with these indexes would have it. */
const version = (indexes: string[], keySchema = keys("pk", "sk")) =>
  openStack(
    {
      stackName: "test",
      folder,
      content: {
        Parameters: {},
        Conditions: {},
        Mappings: {},
        Resources: {
          Table: {
            Type: "AWS::DynamoDB::GlobalTable",
            Metadata: {},
            Properties: {
              KeySchema: keySchema,
              AttributeDefinitions: [...keySchema, ...indexes.flatMap((name) => sparse(name).KeySchema)].map(
                ({ AttributeName }) => ({ AttributeName, AttributeType: "S" }),
              ),
              ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map(sparse) }),
              StreamSpecification: { StreamViewType: "NEW_IMAGE" },
            },
          },
        },
      },
    },
    {},
  );

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tables-"));
  await start();
});
afterEach(async () => {
  await dynoxide.close();
  rmSync(folder, { recursive: true });
});

const row = (id: string, indexes: string[]) => ({
  pk: { S: id },
  sk: { S: "profile" },
  kept: { S: `of ${id}` },
  ...Object.fromEntries(
    indexes.flatMap((name) => [
      [`${name}Kind`, { S: name }],
      [`${name}At`, { S: id }],
    ]),
  ),
});
const put = (Item: object) => dynamodb("DynamoDB_20120810.PutItem", { TableName: "test-Table", Item });
const found = z.object({ Items: z.array(z.object({ pk: z.object({ S: z.string() }) })) });
const inIndex = async (name: string): Promise<string[]> => {
  const query = { KeyConditionExpression: "#kind = :kind", ExpressionAttributeNames: { "#kind": `${name}Kind` } };
  const answer = await dynamodb("DynamoDB_20120810.Query", {
    ...query,
    TableName: "test-Table",
    IndexName: name,
    ExpressionAttributeValues: { ":kind": { S: name } },
  });
  return found.parse(answer).Items.map(({ pk }) => pk.S);
};
const indexesOf = async (): Promise<string[]> => {
  const index = z.object({ IndexName: z.string() });
  const table = z.object({ Table: z.object({ GlobalSecondaryIndexes: z.array(index).default([]) }) });
  const answer = table.parse(await dynamodb("DynamoDB_20120810.DescribeTable", { TableName: "test-Table" }));
  return answer.Table.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName).toSorted();
};

describe("a table that an earlier version made", () => {
  it("gets the indexes that it lacks, filled, and keeps its rows and its stream", async () => {
    const [made] = await provisionTables(version(["due"]), dynamodb);
    for (const item of [row("a", ["due", "idle"]), row("b", ["look"]), row("c", [])]) await put(item);
    await dynoxide.close();
    await start();

    const [adopted] = await provisionTables(version(["due", "idle", "look"]), dynamodb);

    expect(adopted).toEqual({ ...made, isNew: false });
    expect(await Promise.all(["due", "idle", "look"].map(inIndex))).toEqual([["a"], ["a"], ["b"]]);
    const Key = { pk: { S: "c" }, sk: { S: "profile" } };
    expect(await dynamodb("DynamoDB_20120810.GetItem", { TableName: "test-Table", Key })).toEqual({
      Item: row("c", []),
    });
    await put(row("d", ["look"]));
    expect(await inIndex("look")).toEqual(["b", "d"]);
  });

  it("loses the indexes that are no longer asked for, and is left alone where nothing changed", async () => {
    await provisionTables(version(["due", "idle"]), dynamodb);
    await put(row("a", ["due", "idle"]));
    await provisionTables(version(["due"]), dynamodb);
    expect(await indexesOf()).toEqual(["due"]);

    const targets: string[] = [];
    const watched: AwsCall = (target, body) => {
      targets.push(target);
      return dynamodb(target, body);
    };
    await provisionTables(version(["due"]), watched);

    expect(targets).toEqual(["DynamoDB_20120810.DescribeTable"]);
    expect(await inIndex("due")).toEqual(["a"]);
  });

  it("is refused where its keys are others, with what to do", async () => {
    await provisionTables(version([]), dynamodb);

    const failed = provisionTables(version([], keys("id", "sk")), dynamodb);
    await expect(failed).rejects.toBeInstanceOf(StartupProblem);
    await expect(failed).rejects.toThrow("npm start -- --fresh");
  });
});
