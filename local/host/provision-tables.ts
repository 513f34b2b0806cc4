import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type AwsCall, isRefusal } from "../aws/aws-call.ts";
import { StartupProblem } from "../startup-problem.ts";
import type { Stack } from "./stack.ts";

const key = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const index = z.object({ IndexName: z.string(), KeySchema: key, Projection: z.record(z.string(), z.unknown()) });

const tableProperties = z.object({
  KeySchema: key,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string().optional(), Enabled: z.boolean() }).optional(),
});

const described = z.object({
  Table: z.object({
    TableStatus: z.string(),
    KeySchema: key,
    GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: key })).default([]),
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

/** Same keys, same indexes: a table of an older template would fail in ways that are hard to read. */
const shapeOf = ({
  KeySchema,
  GlobalSecondaryIndexes = [],
}: Pick<TableProperties, "KeySchema"> & {
  GlobalSecondaryIndexes?: { IndexName: string; KeySchema: z.infer<typeof key> }[] | undefined;
}): string => {
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: keys }) => ({ IndexName, keys }));
  return JSON.stringify([KeySchema, indexes.toSorted((a, b) => a.IndexName.localeCompare(b.IndexName))]);
};

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

/** Creates the tables that are not there yet. */
export const provisionTables = (stack: Stack, dynamodb: AwsCall): Promise<LocalTable[]> =>
  Promise.all(
    stack.ofType("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").map(async (resource) => {
      const name = stack.nameOf(resource);
      const properties = stack.properties(resource, tableProperties);
      const existing = await describeTable(dynamodb, name);
      if (existing !== undefined && shapeOf(existing) !== shapeOf(properties)) {
        throw new StartupProblem(
          `The table ${name} was made by another version of this service: run "npm start -- --fresh" to start over.`,
        );
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
