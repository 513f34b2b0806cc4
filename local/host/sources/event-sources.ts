import * as z from "zod";
import type { AwsCalls } from "../../aws/aws-endpoints.ts";
import type { LocalFunction } from "../functions/function-pool.ts";
import type { LocalQueue } from "../provision/provision-queues.ts";
import type { LocalTable } from "../provision/provision-tables.ts";
import { functionInArn } from "../template/routes.ts";
import type { Stack, StackResource } from "../template/stack.ts";
import { filterCriteria } from "./event-filter.ts";
import { startQueueSource } from "./queue-source.ts";
import type { streamPositions } from "./stream-positions.ts";
import { type GivenUp, startStreamSource } from "./stream-source.ts";

const mappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().optional(),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  StartingPosition: z.string().optional(),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: filterCriteria,
  BisectBatchOnFunctionError: z.boolean().default(false),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }) }).optional(),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number() }).optional(),
});
type MappingProperties = z.infer<typeof mappingProperties>;

interface EventSourceOptions {
  stack: Stack;
  calls: AwsCalls;
  functions: Map<string, LocalFunction>;
  tables: LocalTable[];
  queues: LocalQueue[];
  positions: ReturnType<typeof streamPositions>;
}

interface EventSource {
  nudge?(): void;
  close(): void;
}

// a function has three processes; two queues that share it, as the exports do, must not starve each other
const concurrencyPerSource = 2;

const queueSource = (options: EventSourceOptions, properties: MappingProperties, handler: LocalFunction) => {
  const queue = options.queues.find(({ arn }) => arn === properties.EventSourceArn);
  return queue === undefined
    ? undefined
    : startQueueSource({
        sqs: options.calls.sqs,
        queue,
        batchSize: properties.BatchSize ?? 10,
        windowSeconds: properties.MaximumBatchingWindowInSeconds,
        reportsFailures: properties.FunctionResponseTypes.includes("ReportBatchItemFailures"),
        maxConcurrency: Math.min(
          properties.ScalingConfig?.MaximumConcurrency ?? concurrencyPerSource,
          concurrencyPerSource,
        ),
        invoke: handler.invoke,
      });
};

/** What Lambda puts into the dead letters of a stream: where the records are, not the records. */
const failureNotice = (lost: GivenUp, streamArn: string, functionName: string) => ({
  version: "1.0",
  timestamp: new Date().toISOString(),
  requestContext: {
    functionArn: functionName,
    condition: "RetryAttemptsExhausted",
    approximateInvokeCount: lost.invocations,
  },
  DDBStreamBatchInfo: {
    startSequenceNumber: lost.firstSequenceNumber,
    endSequenceNumber: lost.lastSequenceNumber,
    batchSize: lost.count,
    streamArn,
  },
});

const streamSource = (
  options: EventSourceOptions,
  properties: MappingProperties,
  { handler, name }: { handler: LocalFunction; name: string },
) => {
  const table = options.tables.find(({ streamArn }) => streamArn === properties.EventSourceArn);
  if (table?.emulatedStreamArn === undefined) {
    return undefined;
  }
  const position = options.positions(name);
  if (position.read() === undefined && (table.isNew || properties.StartingPosition === "TRIM_HORIZON")) {
    // from here on nothing is missed, even if we are killed before the first record
    position.write("TRIM_HORIZON");
  }
  const destination = properties.DestinationConfig?.OnFailure.Destination;
  const deadLetters = options.queues.find(({ arn }) => arn === destination);
  return startStreamSource({
    dynamodb: options.calls.dynamodb,
    streamArn: table.streamArn,
    emulatedStreamArn: table.emulatedStreamArn,
    batchSize: properties.BatchSize ?? 100,
    patterns: properties.FilterCriteria,
    reportsFailures: properties.FunctionResponseTypes.includes("ReportBatchItemFailures"),
    maxRetries: properties.MaximumRetryAttempts,
    bisects: properties.BisectBatchOnFunctionError,
    onGivenUp: async (lost) => {
      if (deadLetters !== undefined) {
        await options.calls.sqs("AmazonSQS.SendMessage", {
          QueueUrl: deadLetters.url,
          MessageBody: JSON.stringify(failureNotice(lost, table.streamArn, handler.name)),
        });
      }
    },
    position,
    invoke: handler.invoke,
  });
};

const startOne = (options: EventSourceOptions, resource: StackResource): EventSource | undefined => {
  const properties = options.stack.properties(resource, mappingProperties);
  const handler = options.functions.get(functionInArn(properties.FunctionName));
  if (handler === undefined) {
    throw new Error(`The event source ${resource.id} has no function in this template.`);
  }
  if (!properties.Enabled) {
    return undefined;
  }
  const source =
    queueSource(options, properties, handler) ?? streamSource(options, properties, { handler, name: resource.id });
  if (source === undefined) {
    throw new Error(`The event source ${properties.EventSourceArn} is not imitated locally.`);
  }
  return source;
};

export const startEventSources = (options: EventSourceOptions): EventSource[] =>
  options.stack.ofType("AWS::Lambda::EventSourceMapping").flatMap((resource) => startOne(options, resource) ?? []);
