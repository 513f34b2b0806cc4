import { Duration, Validations } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

// Longer than a backlog should take, shorter than any queue keeps a message. One that fails again and again does not
// count: SQS leaves out what was received more than three times.
const longestWait = Duration.hours(3);

interface WorkerQueueProps {
  workerTimeout: Duration;
  /** What somebody loses while messages wait, or lie in the dead letters; completes "Impact: …". */
  deadLettersImpact: string;
  visibilityTimeout?: Duration;
  maxReceiveCount?: number;
  /** How long a message waits for a worker; SQS keeps it for four days unless told otherwise. */
  retentionPeriod?: Duration;
}

/** A queue with its dead letters and their alarms; whose numbers follow from its worker's timeout. */
export class WorkerQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: WorkerQueueProps) {
    super(scope, id);
    const { workerTimeout, deadLettersImpact } = props;
    const deadLetters = new DeadLetters(this, "DeadLetters", { name: id, impact: deadLettersImpact });
    this.queue = new Queue(this, "Queue", {
      // six times the worker's timeout: room for throttled retries before redelivery (AWS's own figure)
      visibilityTimeout: props.visibilityTimeout ?? Duration.seconds(workerTimeout.toSeconds() * 6),
      ...(props.retentionPeriod ? { retentionPeriod: props.retentionPeriod } : {}),
      deadLetterQueue: { queue: deadLetters.queue, maxReceiveCount: props.maxReceiveCount ?? 5 },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    // a worker that is not called counts no errors, and a message that nobody receives never is a dead letter
    new Alarm(this, "Waiting", {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: "Maximum" }),
      threshold: longestWait.toSeconds(),
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `waiting-messages: no worker comes to those of ${id}. Impact: ${deadLettersImpact}. See docs/runbook.md#waiting-messages`,
    });
  }

  /** Lets the function work this queue off; a message it fails on comes back alone. */
  drive(worker: LambdaFunction, { batchSize, maxConcurrency }: { batchSize: number; maxConcurrency: number }): void {
    worker.addEventSource(new SqsEventSource(this.queue, { batchSize, maxConcurrency, reportBatchItemFailures: true }));
  }
}

interface DeadLettersProps {
  /** Who gave up; `<name>-dead-letters` in kebab case is the heading in the runbook. */
  name: string;
  impact: string;
}

/** Where messages end that nobody could handle: kept for 14 days, SQS's longest, and reported at the first one. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { name, impact }: DeadLettersProps) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(this.queue).acknowledge({
      id: "AwsSolutions::AwsSolutions-SQS3",
      reason: "It holds dead letters itself: of a stream or of the scheduler, where no redrive policy shows it.",
    });
    new Alarm(this, "NotEmpty", {
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: "Maximum",
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${name} has dead letters. Impact: ${impact}. See docs/runbook.md#${headingOf(name)}`,
    });
  }
}

const headingOf = (name: string): string => {
  const kebab = name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  return `${kebab}-dead-letters`;
};
