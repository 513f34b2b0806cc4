import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoTable } from "./dynamo-table.ts";
import type { Table } from "./table.ts";

/** The table that a function's environment names, with one client for the life of the process. */
export const tableNamed = (name: string): Table => dynamoTable(new DynamoDBClient({ maxAttempts: 5 }), name);
