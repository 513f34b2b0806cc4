import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBStreamEvent } from "aws-lambda";
import type { Item } from "#shared/table/table";

/** A DynamoDB stream event in which these rows were inserted, as `sequence-1`, `sequence-2`. */
export const aStreamEvent = (...rows: Item[]): DynamoDBStreamEvent => ({
  Records: rows.map((row, index) => ({
    eventID: `event-${index + 1}`,
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-central-1",
    eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/Table/stream/2026-11-22T12:00:00.000",
    dynamodb: {
      ApproximateCreationDateTime: 1_795_348_800,
      Keys: marshall({ pk: row.pk, sk: row.sk }) as Record<string, { S: string }>,
      NewImage: marshall(row, { removeUndefinedValues: true }) as Record<string, { S: string }>,
      SequenceNumber: `sequence-${index + 1}`,
      SizeBytes: 100,
      StreamViewType: "NEW_IMAGE",
    },
  })),
});
