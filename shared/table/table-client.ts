import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoTable } from "./dynamo-table.ts";
import type { Table } from "./table.ts";

const newClient = (): DynamoDBClient => {
  const client = new DynamoDBClient({ maxAttempts: 5 });
  // takes every request and answer apart for a log that nobody keeps: a sixth of a call's processor time
  client.middlewareStack.remove("loggerMiddleware");
  return client;
};

/** The table that a function's environment names, with one client for the life of the process. */
export const tableNamed = (name: string): Table => dynamoTable(newClient(), name);
