import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynoxideCandidates, startDynoxide } from "#local/aws/dynoxide";
import { dynamoTable } from "#shared/table/dynamo-table";
import { dueIndexes, type Table } from "#shared/table/table";

// each run compiles the same code
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") };

export const tables = {
  local: "GradientBilling-StorageTable1",
  prod: "gradient-billing-prod-StorageTable1",
  dev: "gradient-billing-dev-Table",
};

/** A database with the tables of several stages, and an operator's command in a process of its own. */
export const stages = async (command: string) => {
  const folder = mkdtempSync(join(tmpdir(), "operations-"));
  const endpoints = join(folder, "endpoints.json");
  const dynoxide = await startDynoxide(folder, dynoxideCandidates(process.env));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ endpoint: dynoxide.url, region: "eu-central-1", credentials, maxAttempts: 1 });

  const createTable = (TableName: string) => {
    const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
    const keys = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: "HASH" as const },
      { AttributeName: range, KeyType: "RANGE" as const },
    ];
    const indexNames = dueIndexes.flatMap((index) => [`${index}Kind`, `${index}At`]);
    return client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["pk", "sk", ...indexNames].map(string),
        KeySchema: keys("pk", "sk"),
        GlobalSecondaryIndexes: dueIndexes.map((IndexName) => ({
          IndexName,
          KeySchema: keys(`${IndexName}Kind`, `${IndexName}At`),
          Projection: { ProjectionType: "KEYS_ONLY" as const },
        })),
      }),
    );
  };
  for (const name of [...Object.values(tables), `${tables.dev}2`]) await createTable(name);

  const access = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const run = async (args: string[], environment: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [`operations/${command}.ts`, ...args], {
      cwd: join(import.meta.dirname, "../.."),
      env: { PATH: process.env.PATH, GRADIENT_BILLING_STATE: folder, ...compileCache, ...environment },
    });
    const said = { out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
    await once(child, "close");
    return { code: child.exitCode, ...said };
  };
  return {
    run,
    /** Run with the access to AWS in its environment. */
    runInAws: (args: string[]) => run(args, { ...access, AWS_ENDPOINT_URL_DYNAMODB: dynoxide.url }),
    tableOf: (name: string): Table => dynamoTable(client, name),
    startLocal: () => writeFileSync(endpoints, JSON.stringify({ dynamodb: dynoxide.url })),
    stopLocal: () => rmSync(endpoints),
    close: async () => {
      client.destroy();
      await dynoxide.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
