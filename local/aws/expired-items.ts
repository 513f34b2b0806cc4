import * as z from "zod";
import { type AwsCall, isRefusal } from "./aws-call.ts";

interface ExpiringTable {
  name: string;
  keyNames: string[];
  expiryAttribute: string;
}

const page = z.object({
  Items: z.array(z.record(z.string(), z.unknown())).default([]),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

/** Deletes what has expired, as DynamoDB does by itself; an item that was renewed meanwhile stays. */
export const removeExpired = async (dynamodb: AwsCall, table: ExpiringTable, now: Date): Promise<void> => {
  const { name: TableName, keyNames, expiryAttribute } = table;
  const keys = Object.fromEntries(keyNames.map((key, index) => [`#k${index}`, key]));
  const isExpired = {
    ExpressionAttributeNames: { "#expiry": expiryAttribute },
    ExpressionAttributeValues: { ":now": { N: String(Math.floor(now.getTime() / 1000)) } },
  };
  let from: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = page.parse(
      await dynamodb("DynamoDB_20120810.Scan", {
        TableName,
        FilterExpression: "#expiry < :now",
        ProjectionExpression: Object.keys(keys).join(", "),
        ...isExpired,
        ExpressionAttributeNames: { ...isExpired.ExpressionAttributeNames, ...keys },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const Key of Items) {
      const deletion = { TableName, Key, ConditionExpression: "#expiry < :now", ...isExpired };
      await dynamodb("DynamoDB_20120810.DeleteItem", deletion).catch((error: unknown) => {
        if (!isRefusal(error, "ConditionalCheckFailedException")) {
          throw error;
        }
      });
    }
    from = LastEvaluatedKey;
  } while (from !== undefined);
};
