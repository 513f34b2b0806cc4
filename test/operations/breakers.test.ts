import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Dynoxide, dynoxideCandidates, startDynoxide } from "#local/aws/dynoxide";
import { type Breaker, breakerWrite, findBreaker, opened } from "#shared/breakers/state/breaker";
import { dynamoTable } from "#shared/table/dynamo-table";

const folder = mkdtempSync(join(tmpdir(), "breakers-"));
const access = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
let dynoxide: Dynoxide;
let client: DynamoDBClient;

const createTable = (TableName: string) => {
  const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  const due = {
    IndexName: "due",
    KeySchema: keys("dueKind", "dueAt"),
    Projection: { ProjectionType: "KEYS_ONLY" as const },
  };
  return client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "dueKind", "dueAt"].map(string),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [due],
    }),
  );
};
const tables = {
  local: "GradientBilling-StorageTable1",
  prod: "gradient-billing-prod-StorageTable1",
  dev: "gradient-billing-dev-Table",
};

/** The command in a process of its own, as an operator runs it. */
const run = async (args: string[], environment: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, ["operations/breakers.ts", ...args], {
    cwd: join(import.meta.dirname, "../.."),
    env: { PATH: process.env.PATH, GRADIENT_BILLING_STATE: folder, ...environment },
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, ...said };
};
const inAws = () => ({ ...access, AWS_ENDPOINT_URL_DYNAMODB: dynoxide.url });

const open = async (
  table: string,
  key: string,
  trouble: "refused" | "gradient-refuses",
  at = "2026-11-22T10:00:00.000Z",
) => {
  const { put } = breakerWrite(opened(await findBreaker(dynamoTable(client, table), key), trouble, Date.parse(at)));
  await dynamoTable(client, table).put(put);
};
const rowOf = (table: string, key: string): Promise<Breaker> => findBreaker(dynamoTable(client, table), key);

beforeAll(async () => {
  dynoxide = await startDynoxide(folder, dynoxideCandidates(process.env));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new DynamoDBClient({ endpoint: dynoxide.url, region: "eu-central-1", credentials, maxAttempts: 1 });
  for (const name of [...Object.values(tables), `${tables.dev}2`]) await createTable(name);
});
beforeEach(() => writeFileSync(join(folder, "endpoints.json"), JSON.stringify({ dynamodb: dynoxide.url })));
afterAll(async () => {
  client.destroy();
  await dynoxide.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("npm run breakers", () => {
  it("lists what is open, and closes it: in the table of a stage", async () => {
    expect((await run(["list", "--stage", "prod"], inAws())).out).toBe("Nothing is open.\n");
    await open(tables.prod, "vendor", "gradient-refuses");
    expect((await run(["list", "--stage", "prod"], inAws())).out).toBe(
      "vendor  gradient-refuses since 2026-11-22 10:00:00 UTC, Gradient is asked again at 2026-11-22 10:15:00 UTC\n",
    );

    const before = Date.now();
    const closed = await run(["close", "vendor", "--stage", "prod"], inAws());
    expect(closed).toEqual({
      code: 0,
      out: "vendor is closed. Whoever waits goes on within a minute or two.\n",
      err: "",
    });
    const row = await rowOf(tables.prod, "vendor");
    expect(row).toMatchObject({ trouble: null, owesRelease: true });
    // by the table's clock, in whole seconds
    expect(Date.parse(row.changedAt)).toBeGreaterThanOrEqual(before - 1000);
    expect(Date.parse(row.changedAt)).toBeLessThan(Date.now() + 2000);

    const again = await run(["close", "vendor", "--stage", "prod"], inAws());
    expect(again).toEqual({ code: 1, out: "", err: "Nothing is open under vendor.\n" });
  });

  it("closes in the local system, which it finds by its state folder", async () => {
    await open(tables.local, "partner#org-1001", "refused");
    expect((await run(["close", "partner#org-1001", "--stage", "local"])).code).toBe(0);
    expect(await rowOf(tables.local, "partner#org-1001")).toMatchObject({ trouble: null });

    rmSync(join(folder, "endpoints.json"));
    expect(await run(["list", "--stage", "local"])).toMatchObject({
      code: 1,
      err: "The local system does not run: npm start\n",
    });
  });

  it("closes in a table that is named, where a stage has several or none", async () => {
    expect((await run(["list", "--stage", "dev"], inAws())).err).toContain("Several tables");
    await open(tables.dev, "vendor", "gradient-refuses");
    expect((await run(["close", "vendor", "--table", tables.dev], inAws())).code).toBe(0);
    expect(await rowOf(tables.dev, "vendor")).toMatchObject({ trouble: null });
  });

  it.each([
    [[]],
    [["list"]],
    [["close", "--stage", "prod"]],
    [["open", "vendor", "--stage", "prod"]],
    [["list", "--stage", "moon"]],
    [["list", "--force"]],
  ])("says how it is used where it is asked for %j", async (args) => {
    const { code, err } = await run(args);
    expect(code).toBe(1);
    expect(err).toContain("npm run breakers -- close vendor --stage prod");
  });
});
