import { expect, it } from "vitest";
import * as z from "zod";
import { type Resource, synthesised, targetOf } from "./synthesised.ts";

const stack = synthesised("prod");
const queues = new Map(stack.ofType("AWS::SQS::Queue").map((queue) => [stack.placeOf(queue.id), queue]));
const redrive = z.object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() });

const isDeadLetters = (place: string) => /DeadLetters\/Queue$/.test(place);
const work = [...queues].filter(([place]) => !isDeadLetters(place));
const deadLetters = [...queues].filter(([place]) => isDeadLetters(place));
const exportQueues = ["UsageExports/OnDemandExports/Queue", "UsageExports/ScheduledExports/Queue"];

const accountsQueue = "Mapping/Accounts/Queue";
/** Others than five, and others than six times the worker's timeout. */
const tries: Record<string, number> = {
  [accountsQueue]: 30,
  "Disconnection/Disconnects/Queue": 480,
  ...Object.fromEntries(exportQueues.map((queue) => [queue, 10])),
};
const spare: Record<string, number> = {
  [accountsQueue]: 10,
  ...Object.fromEntries(exportQueues.map((queue) => [queue, 60])),
};

const deadLettersOf = ({ Properties }: Resource): Resource | undefined => {
  const id = targetOf(redrive.parse(Properties.RedrivePolicy).deadLetterTargetArn);
  return stack.all.find((found) => found.id === id);
};
const alarmsOn = (queue: Resource | undefined) =>
  stack
    .ofType("AWS::CloudWatch::Alarm")
    .filter(({ Properties }) => JSON.stringify(Properties.Dimensions ?? null).includes(`"${queue?.id}"`));

const sources = stack
  .ofType("AWS::Lambda::EventSourceMapping")
  .map(({ Properties }) => ({
    queue: stack.placeOf(targetOf(Properties.EventSourceArn)),
    worker: stack.all.find(({ id }) => id === targetOf(Properties.FunctionName)),
    settings: Properties,
  }))
  .filter(({ queue }) => queues.has(queue));

it("has these queues for work", () => {
  expect(work.map(([place]) => place).sort()).toEqual([
    "Catalogue/Services/Queue",
    "Disconnection/Disconnects/Queue",
    "Mapping/Accounts/Queue",
    "OwnerMail/Mail/Queue",
    "OwnerMail/MailReports/Queue",
    ...exportQueues,
  ]);
});

it.each(work)("loses no message of %s: after some tries it lies with the dead letters", (place, queue) => {
  expect(deadLetters.map(([, { id }]) => id)).toContain(deadLettersOf(queue)?.id);
  // groups of an ordered queue stay locked until their whole batch has ended, or 16 minutes after a crash
  expect(queue.Properties.FifoQueue).toBeUndefined();
  expect(redrive.parse(queue.Properties.RedrivePolicy).maxReceiveCount).toBe(tries[place] ?? 5);
});

it("keeps what is to be brought to Gradient's accounts for 14 days", () => {
  expect(queues.get(accountsQueue)?.Properties.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
});

it("keeps what wakes a worker for a mail longer than its repeats take, and not for days: it is owed again hourly", () => {
  const { Properties = {} } = queues.get("OwnerMail/Mail/Queue") ?? {};
  expect(Properties.MessageRetentionPeriod).toBe(4 * 60 * 60);
  expect(Number(Properties.VisibilityTimeout) * 5).toBeLessThan(60 * 60);
});

it.each(deadLetters)("tells people at the first message in %s, and keeps it for 14 days", (_place, queue) => {
  const [alarm, ...others] = alarmsOn(queue);

  expect(others).toEqual([]);
  expect(alarm?.Properties).toMatchObject({
    MetricName: "ApproximateNumberOfMessagesVisible",
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData: "notBreaching",
  });
  expect(queue.Properties.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
});

it.each(work)("tells people of messages in %s that nobody comes to, before any of them is gone", (place, queue) => {
  const [alarm, ...others] = alarmsOn(queue);
  const fourDays = 4 * 24 * 60 * 60;

  expect(others).toEqual([]);
  expect(alarm?.Properties).toMatchObject({
    AlarmDescription: expect.stringMatching(/Impact: .+ docs\/runbook\.md#waiting-messages$/),
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    EvaluationPeriods: 1,
    MetricName: "ApproximateAgeOfOldestMessage",
    Statistic: "Maximum",
    TreatMissingData: "notBreaching",
  });
  expect(alarm?.Properties.Threshold, place).toBeLessThan(Number(queue.Properties.MessageRetentionPeriod ?? fourDays));
});

it.each([...queues])("encrypts %s and takes no plain connection", (_place, queue) => {
  const policies = stack
    .ofType("AWS::SQS::QueuePolicy")
    .filter(({ Properties }) => JSON.stringify(Properties.Queues).includes(`"${queue.id}"`));

  expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
  expect(JSON.stringify(policies)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
});

it.each(sources)(
  "never hands out a message of $queue while its worker may still be on it",
  ({ queue, worker, settings }) => {
    const visibility = Number(queues.get(queue)?.Properties.VisibilityTimeout);
    const timeout = Number(worker?.Properties.Timeout);

    const more = spare[queue];
    expect(visibility).toBe(more === undefined ? timeout * 6 : timeout + more);
    expect(settings.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
  },
);

it("lets few workers send at once, each with several runs", () => {
  const concurrency = Object.fromEntries(
    sources
      .filter(({ queue }) => exportQueues.includes(queue))
      .map(({ queue, settings }) => [queue, [settings.BatchSize, settings.ScalingConfig]]),
  );

  expect(concurrency).toEqual({
    "UsageExports/OnDemandExports/Queue": [10, { MaximumConcurrency: 10 }],
    "UsageExports/ScheduledExports/Queue": [10, { MaximumConcurrency: 2 }],
  });
});

it("carries the outbox from the table's stream, and nothing else of it", () => {
  const [stream, ...others] = stack
    .ofType("AWS::Lambda::EventSourceMapping")
    .filter(({ Properties }) => JSON.stringify(Properties.EventSourceArn).includes("StreamArn"));
  const { Filters } = z
    .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
    .parse(stream?.Properties.FilterCriteria);

  expect(others).toEqual([]);
  expect(Filters.map(({ Pattern }): unknown => JSON.parse(Pattern))).toEqual([
    { eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: [{ prefix: "outbox#" }] } } } },
  ]);
  expect(stream?.Properties).toMatchObject({
    BatchSize: 10,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumRetryAttempts: 3,
    StartingPosition: "TRIM_HORIZON",
  });
  expect(JSON.stringify(stream?.Properties.DestinationConfig)).toContain("OutboxDeadLetters");
});
