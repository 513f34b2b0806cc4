import { Duration } from "aws-cdk-lib";
import { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { ExportUsageEnv } from "#functions/export-usage/env";
import type { TableEnv } from "#shared/lambda/table-env";
import type { ViewEnv } from "#shared/lambda/view-env";
import type { Foundation } from "./foundation.ts";
import { gradientEnvironment } from "./gradient-environment.ts";
import { ServiceFunction } from "./service-function.ts";
import { WorkerQueue } from "./worker-queue.ts";

const base = "/v1/integrations/gradient";
const workerTimeout = Duration.minutes(5);

/** Exports: started by people and by the clock, sent by one worker behind two queues, closed honestly in any case. */
export class UsageExports extends Construct {
  readonly onDemandExports: Queue;
  readonly scheduledExports: Queue;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const onDemand = this.#exportQueue("OnDemandExports", "an export that a person started stays unfinished");
    const scheduled = this.#exportQueue("ScheduledExports", "a partner's scheduled export stays unfinished");
    this.onDemandExports = onDemand.queue;
    this.scheduledExports = scheduled.queue;

    const exportUsage = this.#exportWorker(foundation);
    onDemand.drive(exportUsage, { batchSize: 1, maxConcurrency: 5 });
    scheduled.drive(exportUsage, { batchSize: 1, maxConcurrency: 10 });

    this.#addRoutes(foundation);
    this.#addSchedules(foundation);
  }

  /** The message group is the partner, so that a partner's lines have one sender at a time. */
  #exportQueue(id: string, deadLettersImpact: string): WorkerQueue {
    return new WorkerQueue(this, id, {
      fifo: true,
      workerTimeout,
      deadLettersImpact,
      // not six times the timeout: that is room for throttled retries, which a maximum concurrency does not have, and
      // a partner whose worker crashed would wait for half an hour. One minute covers the poller's own delay.
      visibilityTimeout: workerTimeout.plus(Duration.minutes(1)),
      // a worker that hands over sends a message of its own, so ten receives are ten crashes, not ten chunks
      maxReceiveCount: 10,
    });
  }

  #exportWorker(foundation: Foundation): ServiceFunction<ExportUsageEnv> {
    const { storage, credentials } = foundation;
    const exportUsage = new ServiceFunction<ExportUsageEnv>(this, "ExportUsage", {
      folder: "export-usage",
      environment: {
        ...gradientEnvironment(this, foundation),
        ON_DEMAND_EXPORTS_QUEUE_URL: this.onDemandExports.queueUrl,
        SCHEDULED_EXPORTS_QUEUE_URL: this.scheduledExports.queueUrl,
      },
      errorImpact: "usage arrives in Gradient late or not at all, so customers are billed with old counts",
      timeout: workerTimeout,
    });
    storage.grantUse(exportUsage);
    credentials.vendorKey.grantRead(exportUsage);
    credentials.partnerTokens.grantRead(exportUsage);
    this.onDemandExports.grantSendMessages(exportUsage);
    this.scheduledExports.grantSendMessages(exportUsage);
    return exportUsage;
  }

  #addRoutes({ api, storage, parameters }: Foundation): void {
    const environment = { TABLE_NAME: storage.tableName };

    const startExport = new ServiceFunction<TableEnv>(this, "StartExport", {
      folder: "start-export",
      environment,
      errorImpact: "Send usage does nothing; scheduled exports go on",
    });
    storage.grantUse(startExport);
    api.forPeople(startExport, [HttpMethod.POST, `${base}/exports`]);

    const cancelExport = new ServiceFunction<TableEnv>(this, "CancelExport", {
      folder: "cancel-export",
      environment,
      errorImpact: "a running export cannot be stopped",
    });
    storage.grantUse(cancelExport);
    api.forPeople(cancelExport, [HttpMethod.DELETE, `${base}/exports/{exportId}`]);

    const putSchedule = new ServiceFunction<ViewEnv>(this, "PutSchedule", {
      folder: "put-schedule",
      environment: { ...environment, GRADIENT_BASE_URL: parameters.gradientBaseUrl },
      errorImpact: "a partner cannot change or pause when its usage is sent",
    });
    storage.grantUse(putSchedule);
    api.forPeople(putSchedule, [HttpMethod.PUT, `${base}/schedule`]);
  }

  #addSchedules({ storage, schedules }: Foundation): void {
    const environment = { TABLE_NAME: storage.tableName };

    const startUsageExports = new ServiceFunction<TableEnv>(this, "StartUsageExports", {
      folder: "start-usage-exports",
      environment,
      errorImpact: "partners who are due get their export late; each tick looks for them again",
      timeout: workerTimeout,
    });
    storage.grantUse(startUsageExports);
    storage.grantFindDue(startUsageExports);
    // Partners choose an hour of their own clocks, and zones are ahead of UTC by whole quarters of an hour: 5:30 in
    // India, 5:45 in Nepal. A tick with nobody due is one read of an index.
    schedules.add("start-usage-exports", ScheduleExpression.cron({ minute: "0/15" }), startUsageExports);

    const recoverExports = new ServiceFunction<TableEnv>(this, "RecoverExports", {
      folder: "recover-exports",
      environment,
      errorImpact: "an export whose worker died is shown as running until this works again",
      timeout: Duration.minutes(1),
    });
    storage.grantUse(recoverExports);
    storage.grantFindDue(recoverExports);
    schedules.add("recover-exports", ScheduleExpression.rate(Duration.minutes(5)), recoverExports);
  }
}
