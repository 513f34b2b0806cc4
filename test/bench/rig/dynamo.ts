import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { dynoxideCandidates } from "#local/aws/dynoxide";
import { inParallel } from "#shared/in-parallel";
import { dynamoTable } from "#shared/table/dynamo-table";
import { type DueIndex, dueIndexes, type Item, type Table } from "#shared/table/table";

export const tableName = "bench";

/** What the SDK of a worker reads: it must be told where, and finds keys that no emulator checks. */
export const awsEnvironment = (dynamoUrl: string) => ({
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
});

export interface BenchDynamo {
  url: string;
  table: Table;
  seed(items: Iterable<Item>): Promise<void>;
  /** Processor time of the database, in seconds. */
  cpuSeconds(): number;
  close(): Promise<void>;
}

const key = (name: string, KeyType: "HASH" | "RANGE") => ({ AttributeName: name, KeyType });

const indexKeys = (index: DueIndex): [kind: string, at: string] => [`${index}Kind`, `${index}At`];

// without the stream: nobody reads it here, DynamoDB writes it for nothing, and dynoxide gets slower with its length
const createTable = async (client: DynamoDBClient) => {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      AttributeDefinitions: ["pk", "sk", ...dueIndexes.flatMap(indexKeys)].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      GlobalSecondaryIndexes: dueIndexes.map((index) => {
        const [kind, at] = indexKeys(index);
        return {
          IndexName: index,
          KeySchema: [key(kind, "HASH"), key(at, "RANGE")],
          Projection: { ProjectionType: "KEYS_ONLY" },
        };
      }),
    }),
  );
};

// DynamoDB's own limit for one BatchWriteItem
const itemsPerBatch = 25;

function* batches(items: Iterable<Item>): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === itemsPerBatch) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** dynoxide with its tables in memory, so that no disk is measured. */
const launch = async (port: number) => {
  const binary = dynoxideCandidates(process.env).find((file) => existsSync(file));
  if (binary === undefined) throw new Error("There is no dynoxide for this platform: put its binary on the PATH.");
  const child = spawn(binary, ["serve", "--port", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
  process.once("exit", () => child.kill("SIGKILL"));
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (text: Buffer) => text.includes("listening") && resolve());
    child.once("exit", () => reject(new Error("dynoxide did not start")));
  });
  return child;
};

/** The embedded DynamoDB with the service's table. */
export const benchDynamo = async (): Promise<BenchDynamo> => {
  const port = await freePort();
  const child = await launch(port);
  const url = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 5 });
  await createTable(client);
  return {
    url,
    table: dynamoTable(client, tableName),
    seed: (items) =>
      inParallel(4, batches(items), async (batch) => {
        const requests = batch.map((item) => ({ PutRequest: { Item: marshall(item) } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
      }),
    cpuSeconds: () => {
      // user and system time, in hundredths of a second, are the 14th and 15th field; the name may hold blanks
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    close: async () => {
      client.destroy();
      child.kill("SIGKILL");
    },
  };
};
