import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { convertToAttr, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { awsFailure, named, nameOf } from "../aws-failures.ts";
import { type Attributes, fromItem, toItem, toKey, toText } from "./dynamo-attributes.ts";
import {
  type Counted,
  conflict,
  type DueKey,
  type Expectation,
  type Item,
  type Key,
  type Table,
  type Write,
} from "./table.ts";

const dueKey = z.object({ pk: z.string(), sk: z.string(), dueAt: z.string() });

// DynamoDB's own limit for one BatchGetItem
const maxKeysPerRead = 100;

const toCondition = (expect: Expectation | undefined) => {
  if (expect === undefined) return {};
  if (expect === "absent") return { ConditionExpression: "attribute_not_exists(pk)" };
  return {
    ConditionExpression: "version = :version",
    ExpressionAttributeValues: { ":version": convertToAttr(expect) },
  };
};

const lostRace = /^(ConditionalCheckFailed|TransactionConflict)(Exception)?$/;
const cancellation = z.object({ CancellationReasons: z.array(z.object({ Code: z.string() })) });

/** What a call failed of; of a transaction, what its first write at fault failed of, unless some other lost a race. */
const failureOf = (error: unknown): unknown => {
  const cancelled = cancellation.safeParse(error);
  if (!cancelled.success) return error;
  const codes = cancelled.data.CancellationReasons.map(({ Code }) => Code).filter((code) => code !== "None");
  const code = codes.find((each) => lostRace.test(each)) ?? codes[0];
  return code === undefined ? error : named(code);
};

const translate = (error: unknown): never => {
  const failure = failureOf(error);
  if (lostRace.test(nameOf(failure))) throw conflict();
  throw awsFailure(failure, "table.unavailable", "The service's database");
};

const toTransactItem =
  (TableName: string) =>
  (write: Write): TransactWriteItem => {
    if ("put" in write) return { Put: { TableName, Item: toItem(write.put), ...toCondition(write.expect) } };
    if ("delete" in write) return { Delete: { TableName, Key: toKey(write.delete), ...toCondition(write.expect) } };
    const condition = toCondition(write.expect);
    return { ConditionCheck: { TableName, Key: toKey(write.check), ConditionExpression: "", ...condition } };
  };

const toFilter = (where: Counted["where"]) => {
  const fields = Object.entries(where);
  const clauses = fields.map(([, wanted], place) => {
    const [name, isNull] = [`#f${place}`, `attribute_type(#f${place}, :null)`];
    return wanted === "nothing"
      ? `(attribute_not_exists(${name}) OR ${isNull})`
      : `(attribute_exists(${name}) AND NOT ${isNull})`;
  });
  return {
    FilterExpression: clauses.join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(fields.map(([field], place) => [`#f${place}`, field])),
  };
};

/** The table on DynamoDB: consistent reads, except in the index. */
export const dynamoTable = (client: DynamoDBClient, TableName: string): Table => {
  const readMany = async (keys: Key[]): Promise<Item[]> => {
    const found: Item[] = [];
    let pending: Attributes[] = keys.map(toKey);
    while (pending.length > 0) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: pending, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[TableName] ?? []).map(fromItem));
      pending = UnprocessedKeys?.[TableName]?.Keys ?? [];
    }
    return found;
  };

  return {
    get: async (key) => {
      const { Item: attributes } = await client
        .send(new GetItemCommand({ TableName, Key: toKey(key), ConsistentRead: true }))
        .catch(translate);
      return attributes && fromItem(attributes);
    },
    getMany: async (keys) => {
      const calls: Promise<Item[]>[] = [];
      for (let from = 0; from < keys.length; from += maxKeysPerRead) {
        calls.push(readMany(keys.slice(from, from + maxKeysPerRead)));
      }
      return (await Promise.all(calls).catch(translate)).flat();
    },
    put: async (item, expect) => {
      await client.send(new PutItemCommand({ TableName, Item: toItem(item), ...toCondition(expect) })).catch(translate);
    },
    delete: async (key, expect) => {
      await client.send(new DeleteItemCommand({ TableName, Key: toKey(key), ...toCondition(expect) })).catch(translate);
    },
    transact: async (writes) => {
      const TransactItems = writes.map(toTransactItem(TableName));
      await client.send(new TransactWriteItemsCommand({ TransactItems })).catch(translate);
    },
    query: async ({ pk, prefix = "", after, descending = false, limit }) => {
      const { Items, LastEvaluatedKey } = await client
        .send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            ScanIndexForward: !descending,
            KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues: { ":pk": toText(pk), ...(prefix === "" ? {} : { ":prefix": toText(prefix) }) },
            ...(after === undefined ? {} : { ExclusiveStartKey: toKey({ pk, sk: after }) }),
            ...(limit === undefined ? {} : { Limit: limit }),
          }),
        )
        .catch(translate);
      return { items: (Items ?? []).map(fromItem), next: LastEvaluatedKey?.sk?.S ?? null };
    },
    count: async ({ pk, prefix, where }) => {
      const counted = { all: 0, matching: 0 };
      let start: Attributes | undefined;
      do {
        const { Count, ScannedCount, LastEvaluatedKey } = await client
          .send(
            new QueryCommand({
              TableName,
              ConsistentRead: true,
              Select: "COUNT",
              KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
              ...toFilter(where),
              ExpressionAttributeValues: { ":pk": toText(pk), ":prefix": toText(prefix), ":null": { S: "NULL" } },
              ExclusiveStartKey: start,
            }),
          )
          .catch(translate);
        counted.all += ScannedCount ?? 0;
        counted.matching += Count ?? 0;
        start = LastEvaluatedKey;
      } while (start);
      return counted;
    },
    due: async ({ index = "due", kind, until, limit, after }) => {
      const [kindName, atName] = [`${index}Kind`, `${index}At`];
      const toStart = (key: DueKey): Attributes => ({
        ...toKey(key),
        [kindName]: { S: kind },
        [atName]: { S: key.dueAt },
      });
      const fromAttributes = (attributes: Attributes): DueKey => {
        const { [atName]: dueAt, ...key } = unmarshall(attributes);
        return dueKey.parse({ ...key, dueAt });
      };
      const { Items, LastEvaluatedKey } = await client
        .send(
          new QueryCommand({
            TableName,
            IndexName: index,
            KeyConditionExpression: `${kindName} = :kind AND ${atName} <= :until`,
            ExpressionAttributeValues: { ":kind": { S: kind }, ":until": { S: until } },
            Limit: limit,
            ...(after === undefined ? {} : { ExclusiveStartKey: toStart(after) }),
          }),
        )
        .catch(translate);
      return {
        keys: (Items ?? []).map(fromAttributes),
        next: LastEvaluatedKey ? fromAttributes(LastEvaluatedKey) : null,
      };
    },
  };
};
