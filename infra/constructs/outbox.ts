import { Duration } from "aws-cdk-lib";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { RelayOutboxEnv } from "#functions/relay-outbox/env";
import type { Foundation } from "./parts/foundation.ts";
import { ServiceFunction } from "./parts/service-function.ts";
import { DeadLetters } from "./parts/worker-queue.ts";

interface OutboxProps extends Pick<Foundation, "storage" | "schedules"> {
  queues: {
    accounts: Queue;
    catalogue: Queue;
    mail: Queue;
    onDemandExports: Queue;
    scheduledExports: Queue;
    disconnects: Queue;
  };
}

/**
 * Every message is written beside the state that owes it, and carried to its queue by the stream, else by the sweep.
 */
export class Outbox extends Construct {
  constructor(scope: Construct, id: string, { storage, schedules, queues }: OutboxProps) {
    super(scope, id);
    const relayOutbox = new ServiceFunction<RelayOutboxEnv>(this, "RelayOutbox", {
      folder: "relay-outbox",
      environment: {
        TABLE_NAME: storage.tableName,
        ACCOUNTS_QUEUE_URL: queues.accounts.queueUrl,
        CATALOGUE_QUEUE_URL: queues.catalogue.queueUrl,
        MAIL_QUEUE_URL: queues.mail.queueUrl,
        ON_DEMAND_EXPORTS_QUEUE_URL: queues.onDemandExports.queueUrl,
        SCHEDULED_EXPORTS_QUEUE_URL: queues.scheduledExports.queueUrl,
        DISCONNECTS_QUEUE_URL: queues.disconnects.queueUrl,
      },
      errorImpact: "exports, mails, account changes and disconnects wait in the outbox",
      timeout: Duration.seconds(30),
    });
    storage.grantUse(relayOutbox);
    for (const queue of Object.values(queues)) queue.grantSendMessages(relayOutbox);

    const deadLetters = new DeadLetters(this, "DeadLetters", {
      name: "Outbox",
      impact: "the stream gave up on a message; the sweep carries it, so it is a minute late",
    });
    storage.grantStream(relayOutbox);
    relayOutbox.addEventSourceMapping("Stream", {
      eventSourceArn: storage.streamArn,
      // from the start, so that nothing is missed that was written while this was deployed
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual("INSERT"),
          dynamodb: { Keys: { pk: { S: FilterRule.beginsWith("outbox#") } } },
        }),
      ],
      batchSize: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // few: a record that cannot be sent holds up its shard, and the sweep comes every minute
      retryAttempts: 3,
      onFailure: new SqsDlq(deadLetters.queue),
    });
    schedules.add("sweep-outbox", ScheduleExpression.rate(Duration.minutes(1)), relayOutbox);
  }
}
