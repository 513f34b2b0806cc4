import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { AwsCall } from "../../aws/aws-call.ts";

export const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));

export const tableIndex = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.looseObject({ ProjectionType: z.string().optional() }),
});
type TableIndex = z.infer<typeof tableIndex>;

const indexStates = z.object({
  Table: z.object({
    TableStatus: z.string(),
    GlobalSecondaryIndexes: z.array(z.object({ IndexStatus: z.string().default("ACTIVE") })).default([]),
  }),
});

const isSame = (left: TableIndex, right: TableIndex): boolean =>
  left.IndexName === right.IndexName &&
  left.Projection.ProjectionType === right.Projection.ProjectionType &&
  JSON.stringify(left.KeySchema) === JSON.stringify(right.KeySchema);

const without = (indexes: TableIndex[], others: TableIndex[]): TableIndex[] =>
  indexes.filter((index) => !others.some((other) => isSame(index, other)));

interface Table {
  name: string;
  KeySchema: z.infer<typeof keySchema>;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
}

/** DynamoDB changes one index at a time, and goes on filling a new one after it has answered. */
const update = async (dynamodb: AwsCall, { name }: Table, change: object): Promise<void> => {
  await dynamodb("DynamoDB_20120810.UpdateTable", { TableName: name, ...change });
  for (;;) {
    const answer = await dynamodb("DynamoDB_20120810.DescribeTable", { TableName: name });
    const { TableStatus, GlobalSecondaryIndexes } = indexStates.parse(answer).Table;
    if (TableStatus === "ACTIVE" && GlobalSecondaryIndexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE")) {
      return;
    }
    await sleep(10);
  }
};

/**
 * Drops the indexes that the template has no longer and makes those that are missing, as a deployment would; the rows
 * stay.
 */
export const settleIndexes = async (
  dynamodb: AwsCall,
  table: Table,
  { present, wanted }: { present: TableIndex[]; wanted: TableIndex[] },
): Promise<void> => {
  for (const { IndexName } of without(present, wanted)) {
    await update(dynamodb, table, { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
  }
  const settled = present.filter((index) => without([index], wanted).length === 0);
  for (const index of without(wanted, present)) {
    settled.push(index);
    // DynamoDB refuses the definition of an attribute that no key uses yet
    const keys = [table, ...settled].flatMap(({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName));
    await update(dynamodb, table, {
      AttributeDefinitions: table.AttributeDefinitions.filter(({ AttributeName }) => keys.includes(AttributeName)),
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    });
  }
};
