import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type AwsCall, localRegion } from "../../aws/aws-call.ts";
import type { Outcome } from "../functions/function-process.ts";
import { failedRecords } from "./batch-failures.ts";
import { passes } from "./event-filter.ts";

interface StreamSourceOptions {
  dynamodb: AwsCall;
  streamArn: string;
  emulatedStreamArn: string;
  batchSize: number;
  patterns: unknown[];
  reportsFailures: boolean;
  /** -1 for as often as it takes. */
  maxRetries: number;
  /** Gives up on the first record that fails and no other, as bisecting a batch would end. */
  bisects: boolean;
  /** Told of every batch whose retries are used up. */
  onGivenUp(lost: GivenUp): Promise<void>;
  position: StreamPosition;
  invoke(event: unknown): Promise<Outcome>;
}

export interface GivenUp {
  firstSequenceNumber: string;
  lastSequenceNumber: string;
  count: number;
  invocations: number;
}

/** How far a stream was read, kept over restarts: a sequence number, `TRIM_HORIZON` before the first, or unknown. */
export interface StreamPosition {
  read(): string | undefined;
  write(sequenceNumber: string): void;
}

export interface StreamSource {
  /** Something was probably written just now: look at once. */
  nudge(): void;
  close(): void;
}

const described = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) });
const iterator = z.object({ ShardIterator: z.string() });
const streamRecord = z.looseObject({ dynamodb: z.looseObject({ SequenceNumber: z.string() }) });
const gotten = z.object({ Records: z.array(streamRecord), NextShardIterator: z.string().nullish() });
type StreamRecord = z.infer<typeof streamRecord>;

const recordsPerRead = 100;
const idleMs = 150;
const firstRetryMs = 100;
const longestRetryMs = 10_000;

/** Takes the changes of a table to its function, in order, a batch until it succeeds. */
export const startStreamSource = (options: StreamSourceOptions): StreamSource => {
  const { dynamodb, streamArn, emulatedStreamArn, batchSize, patterns, reportsFailures, position, invoke } = options;
  let isClosed = false;
  let wake: () => void = () => undefined;
  let isNudged = false;

  const call = (operation: string, body: object) => dynamodb(`DynamoDBStreams_20120810.${operation}`, body);

  // the emulators keep one shard per table, so the position is one number
  const openIterator = async (): Promise<string> => {
    const { StreamDescription } = described.parse(await call("DescribeStream", { StreamArn: emulatedStreamArn }));
    const after = position.read();
    const from =
      after === undefined || after === "TRIM_HORIZON"
        ? { ShardIteratorType: after ?? "LATEST" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after };
    const shard = { StreamArn: emulatedStreamArn, ShardId: StreamDescription.Shards.at(-1)?.ShardId };
    return iterator.parse(await call("GetShardIterator", { ...shard, ...from })).ShardIterator;
  };

  const pause = (ms: number): Promise<void> =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isNudged ? 0 : ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      isNudged = false;
    });

  const sequenceOf = ({ dynamodb: { SequenceNumber } }: StreamRecord) => SequenceNumber;

  const giveUp = async (rest: StreamRecord[], invocations: number): Promise<StreamRecord[]> => {
    const lost = options.bisects ? rest.slice(0, 1) : rest;
    const [first, last] = [lost[0], lost.at(-1)];
    if (first !== undefined && last !== undefined) {
      await options.onGivenUp({
        firstSequenceNumber: sequenceOf(first),
        lastSequenceNumber: sequenceOf(last),
        count: lost.length,
        invocations,
      });
    }
    return rest.slice(lost.length);
  };

  /** Delivers until nothing of the batch is left, or its retries are used up. */
  const deliver = async (batch: StreamRecord[]): Promise<void> => {
    let rest = batch;
    for (let attempt = 1; rest.length > 0 && !isClosed; attempt += 1) {
      const outcome = await invoke({
        Records: rest.map((record) => ({ ...record, awsRegion: localRegion, eventSourceARN: streamArn })),
      });
      const failed = failedRecords(rest.map(sequenceOf), outcome, reportsFailures);
      const firstFailed = rest.findIndex((record) => failed.has(sequenceOf(record)));
      rest = firstFailed === -1 ? [] : rest.slice(firstFailed);
      if (rest.length > 0 && options.maxRetries >= 0 && attempt > options.maxRetries) {
        rest = await giveUp(rest, attempt);
        attempt = 0;
      } else if (rest.length > 0) {
        await sleep(Math.min(firstRetryMs * 2 ** (attempt - 1), longestRetryMs));
      }
    }
  };

  const consume = async (records: StreamRecord[]): Promise<void> => {
    const wanted = records.filter((record) => passes(record, patterns));
    for (let from = 0; from < wanted.length && !isClosed; from += batchSize) {
      const batch = wanted.slice(from, from + batchSize);
      await deliver(batch);
      const last = batch.at(-1);
      if (last !== undefined && !isClosed) {
        position.write(sequenceOf(last));
      }
    }
    const last = records.at(-1);
    if (last !== undefined && !isClosed) {
      position.write(sequenceOf(last));
    }
  };

  const read = async (): Promise<void> => {
    let next: string | null | undefined;
    while (!isClosed) {
      try {
        next ??= await openIterator();
        const { Records, NextShardIterator } = gotten.parse(
          await call("GetRecords", { ShardIterator: next, Limit: recordsPerRead }),
        );
        next = NextShardIterator;
        await consume(Records);
        if (Records.length === 0) {
          await pause(idleMs);
        }
      } catch {
        // an expired iterator, or the table is away for a moment: begin again where we were
        next = undefined;
        await sleep(500);
      }
    }
  };

  void read();
  return {
    nudge: () => {
      isNudged = true;
      wake();
    },
    close: () => {
      isClosed = true;
      wake();
    },
  };
};
