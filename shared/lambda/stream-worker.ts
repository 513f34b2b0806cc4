import { unmarshall } from "@aws-sdk/util-dynamodb";
import middy from "@middy/core";
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import * as z from "zod";
import { UnreadableRecord } from "../errors.ts";
import { logFailure } from "../log-failure.ts";
import { withLogFields } from "../logger.ts";
import { readRow } from "../stored.ts";

const streamRecord = z.object({
  eventName: z.string(),
  dynamodb: z.object({ SequenceNumber: z.string(), NewImage: z.record(z.string(), z.any()).optional() }),
});
const keys = z.looseObject({ pk: z.string(), sk: z.string() });

interface Worker<S extends z.ZodType> {
  row: S;
  run: (row: z.infer<S>) => Promise<void>;
}

/**
 * One stream door: every new row in order. From the first row that fails on, the batch is delivered again. A row that
 * cannot be read would fail each time and keep back what follows: it is logged, which alarms, and passed over.
 */
export const streamWorker = <S extends z.ZodType>({ row, run }: Worker<S>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler((event: DynamoDBStreamEvent, context: Context) =>
    withLogFields({ awsRequestId: context.awsRequestId }, async () => {
      for (const record of event.Records) {
        const { eventName, dynamodb } = streamRecord.parse(record);
        if (eventName !== "INSERT" || dynamodb.NewImage === undefined) continue;
        try {
          await run(readRow(row, keys.parse(unmarshall(dynamodb.NewImage))));
        } catch (error) {
          if (error instanceof UnreadableRecord) {
            logFailure("stream record cannot be read, it is passed over", error);
            continue;
          }
          logFailure("stream record failed, it will be delivered again", error);
          return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber }] };
        }
      }
      return { batchItemFailures: [] };
    }),
  );
