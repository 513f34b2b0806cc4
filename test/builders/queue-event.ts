import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";

/** An SQS event with these bodies, as `message-1`, `message-2`; a string goes out as it is, anything else as JSON. */
export const anSqsEvent = (...bodies: unknown[]): SQSEvent => ({
  Records: bodies.map(
    (body, index): SQSRecord => ({
      messageId: `message-${index + 1}`,
      receiptHandle: `receipt-${index + 1}`,
      body: typeof body === "string" ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1795348800000",
        SenderId: "AROAEXAMPLE",
        ApproximateFirstReceiveTimestamp: "1795348800001",
      },
      messageAttributes: {},
      md5OfBody: "d41d8cd98f00b204e9800998ecf8427e",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:Queue",
      awsRegion: "eu-central-1",
    }),
  ),
});

/** What a worker answers when these messages are to come again. */
export const failed = (...messageIds: string[]): SQSBatchResponse => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});
