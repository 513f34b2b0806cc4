import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";

const client = new DynamoDBClient({});

/** What a function cannot do without: one row is read, and answered. */
export const handler = async (event: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const { org_id: partnerId } = event.requestContext.authorizer.jwt.claims;
  const key = { pk: { S: `partner#${partnerId}` }, sk: { S: "integration" } };
  const { Item } = await client.send(
    new GetItemCommand({ TableName: process.env.TABLE_NAME, Key: key, ConsistentRead: true }),
  );
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(Item ?? {}) };
};
