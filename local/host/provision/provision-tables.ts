import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type AwsCall, isRefusal } from "../../aws/aws-call.ts";
import { StartupProblem } from "../../startup-problem.ts";
import type { Stack } from "../template/stack.ts";
import { keySchema, settleIndexes, tableIndex } from "./table-indexes.ts";

const tableProperties = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(tableIndex).optional(),
  LocalSecondaryIndexes: z.array(tableIndex).optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string().optional(), Enabled: z.boolean() }).optional(),
});

const described = z.object({
  Table: z.object({
    TableStatus: z.string(),
    KeySchema: keySchema,
    GlobalSecondaryIndexes: z.array(tableIndex).default([]),
    LatestStreamArn: z.string().optional(),
  }),
});

/** A table that exists, by the ARN that the template's event sources use. */
export interface LocalTable {
  name: string;
  streamArn: string;
  /** The stream's ARN in the emulator, which makes up its own. */
  emulatedStreamArn: string | undefined;
  isNew: boolean;
  keyNames: string[];
  expiryAttribute: string | undefined;
}

type TableProperties = z.infer<typeof tableProperties>;

const creation = (name: string, properties: TableProperties): object => {
  const { TimeToLiveSpecification: _afterwards, StreamSpecification, ...rest } = properties;
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    ...rest,
    ...(StreamSpecification ? { StreamSpecification: { ...StreamSpecification, StreamEnabled: true } } : {}),
  };
};

const describeTable = async (dynamodb: AwsCall, name: string) => {
  try {
    return described.parse(await dynamodb("DynamoDB_20120810.DescribeTable", { TableName: name })).Table;
  } catch (error) {
    if (isRefusal(error, "ResourceNotFoundException")) {
      return undefined;
    }
    throw error;
  }
};

const createTable = async (dynamodb: AwsCall, name: string, properties: TableProperties) => {
  await dynamodb("DynamoDB_20120810.CreateTable", creation(name, properties));
  for (;;) {
    const table = await describeTable(dynamodb, name);
    if (table?.TableStatus === "ACTIVE") {
      break;
    }
    await sleep(10);
  }
  if (properties.TimeToLiveSpecification?.Enabled) {
    await dynamodb("DynamoDB_20120810.UpdateTimeToLive", {
      TableName: name,
      TimeToLiveSpecification: properties.TimeToLiveSpecification,
    });
  }
  return describeTable(dynamodb, name);
};

/** An earlier version's table with its rows, brought to what this version asks of it. */
const adoptTable = async (
  dynamodb: AwsCall,
  name: string,
  { existing, properties }: { existing: z.infer<typeof described>["Table"]; properties: TableProperties },
): Promise<void> => {
  if (JSON.stringify(existing.KeySchema) !== JSON.stringify(properties.KeySchema)) {
    throw new StartupProblem(
      `The table ${name} was made by another version of this service: run "npm start -- --fresh" to start over.`,
    );
  }
  const { GlobalSecondaryIndexes: wanted = [] } = properties;
  await settleIndexes(dynamodb, { name, ...properties }, { present: existing.GlobalSecondaryIndexes, wanted });
};

/** Creates the tables that are not there yet, and the indexes that those of an earlier version lack. */
export const provisionTables = (stack: Stack, dynamodb: AwsCall): Promise<LocalTable[]> =>
  Promise.all(
    stack.ofType("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").map(async (resource) => {
      const name = stack.nameOf(resource);
      const properties = stack.properties(resource, tableProperties);
      const existing = await describeTable(dynamodb, name);
      if (existing !== undefined) {
        await adoptTable(dynamodb, name, { existing, properties });
      }
      const table = existing ?? (await createTable(dynamodb, name, properties));
      const { TimeToLiveSpecification } = properties;
      return {
        name,
        streamArn: `${stack.arnOf(resource)}/stream/local`,
        emulatedStreamArn: table?.LatestStreamArn,
        isNew: existing === undefined,
        keyNames: properties.KeySchema.map(({ AttributeName }) => AttributeName),
        expiryAttribute: TimeToLiveSpecification?.Enabled ? TimeToLiveSpecification.AttributeName : undefined,
      };
    }),
  );
