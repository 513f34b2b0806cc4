import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Dynoxide, dynoxideCandidates, startDynoxide } from "#local/aws/dynoxide";
import { dynamoTable } from "#shared/table/dynamo-table";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { seededRandom } from "#test/simulation/world/random";
import { commandsOf } from "./table-agreement.ts";

const folder = mkdtempSync(join(tmpdir(), "table-agreement-"));
let dynoxide: Dynoxide;
let client: DynamoDBClient;

beforeAll(async () => {
  dynoxide = await startDynoxide(folder, dynoxideCandidates(process.env));
  client = new DynamoDBClient({
    endpoint: dynoxide.url,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: "agreement",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "dueKind", "dueAt"].map(string),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [
        { IndexName: "due", KeySchema: keys("dueKind", "dueAt"), Projection: { ProjectionType: "KEYS_ONLY" } },
      ],
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await dynoxide.close();
  rmSync(folder, { recursive: true, force: true });
});

const spaces = 12;
const commandsPerSpace = 550;

it("agrees with DynamoDB over 6,600 random commands", { timeout: 240_000 }, async () => {
  const real = dynamoTable(client, "agreement");
  const differences: string[] = [];
  // name spaces do not meet, so their commands may run at the same time
  const space = async (seed: number) => {
    const fake = inMemoryTable();
    const next = commandsOf(seededRandom(seed), `space-${seed}`);
    for (let count = 1; count <= commandsPerSpace && differences.length === 0; count += 1) {
      const found = await next()(real, fake);
      if (found !== undefined) differences.push(`seed ${seed}, command ${count}: ${found}`);
    }
  };
  await Promise.all(Array.from({ length: spaces }, (_, seed) => space(seed)));

  expect(differences).toEqual([]);
});
