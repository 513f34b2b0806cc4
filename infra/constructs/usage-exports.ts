import { Duration } from "aws-cdk-lib";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { cancelExportRoute } from "#functions/cancel-export/route";
import { putScheduleRoute } from "#functions/put-schedule/route";
import type { StartExportEnv } from "#functions/start-export/env";
import { startExportRoute } from "#functions/start-export/route";
import { exportWorkers } from "#infra/export-workers";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { TableEnv } from "#shared/lambda/table-env";
import type { ViewEnv } from "#shared/lambda/view-env";
import type { Foundation } from "./parts/foundation.ts";
import { gradientEnvironment } from "./parts/gradient-environment.ts";
import { ServiceFunction } from "./parts/service-function.ts";
import { WorkerQueue } from "./parts/worker-queue.ts";

const { batchSize } = exportWorkers;
const workerTimeout = Duration.minutes(exportWorkers.timeoutMinutes);

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
    onDemand.drive(exportUsage, { batchSize, maxConcurrency: exportWorkers.onDemand });
    scheduled.drive(exportUsage, { batchSize, maxConcurrency: exportWorkers.scheduled });

    this.#addRoutes(foundation);
    this.#addSchedules(foundation);
  }

  /** No order is needed: a run's lease makes one sender. */
  #exportQueue(id: string, deadLettersImpact: string): WorkerQueue {
    return new WorkerQueue(this, id, {
      workerTimeout,
      deadLettersImpact,
      // not six times the timeout: that is room for throttled retries, which a maximum concurrency does not have. One
      // minute covers the poller's own delay. A run whose worker crashed does not wait for it: it gets another message.
      visibilityTimeout: workerTimeout.plus(Duration.minutes(1)),
      // a worker that hands over sends a message of its own, so ten receives are ten crashes, not ten chunks
      maxReceiveCount: 10,
    });
  }

  #exportWorker(foundation: Foundation): ServiceFunction<GradientEnv> {
    const { storage, credentials } = foundation;
    const exportUsage = new ServiceFunction<GradientEnv>(this, "ExportUsage", {
      folder: "export-usage",
      environment: gradientEnvironment(this, foundation),
      errorImpact: "usage arrives in Gradient late or not at all, so customers are billed with old counts",
      timeout: workerTimeout,
      memoryMb: exportWorkers.memoryMb,
      youngMb: exportWorkers.youngMb,
      // A run longer than that is handed over: outbox, relay, queue, this function again.
      wakesItself: true,
    });
    storage.grantUse(exportUsage);
    // a worker with room admits further runs by itself
    storage.grantFindDue(exportUsage);
    credentials.vendorKey.grantRead(exportUsage);
    credentials.partnerTokens.grantRead(exportUsage);
    return exportUsage;
  }

  #addRoutes({ api, storage, parameters }: Foundation): void {
    const environment = { TABLE_NAME: storage.tableName };

    const startExport = new ServiceFunction<StartExportEnv>(this, "StartExport", {
      folder: "start-export",
      environment: { ...environment, ON_DEMAND_EXPORTS_QUEUE_URL: this.onDemandExports.queueUrl },
      errorImpact: "Send usage does nothing; scheduled exports go on",
    });
    storage.grantUse(startExport);
    this.onDemandExports.grantSendMessages(startExport);
    api.route(startExport, startExportRoute);

    const cancelExport = new ServiceFunction<TableEnv>(this, "CancelExport", {
      folder: "cancel-export",
      environment,
      errorImpact: "a running export cannot be stopped",
    });
    storage.grantUse(cancelExport);
    api.route(cancelExport, cancelExportRoute);

    const putSchedule = new ServiceFunction<ViewEnv>(this, "PutSchedule", {
      folder: "put-schedule",
      environment: { ...environment, GRADIENT_BASE_URL: parameters.gradientBaseUrl },
      errorImpact: "a partner cannot change or pause when its usage is sent",
    });
    storage.grantUse(putSchedule);
    api.route(putSchedule, putScheduleRoute);
  }

  #addSchedules(foundation: Foundation): void {
    const { storage, credentials, schedules } = foundation;
    const admitExports = new ServiceFunction<GradientEnv>(this, "AdmitExports", {
      folder: "admit-exports",
      environment: gradientEnvironment(this, foundation),
      errorImpact: "partners who are due get their export late, and an export whose worker died goes on late",
      timeout: Duration.minutes(1),
    });
    storage.grantUse(admitExports);
    storage.grantFindDue(admitExports);
    // it asks Gradient, now and then, whether what stood in the way is over
    credentials.vendorKey.grantRead(admitExports);
    credentials.partnerTokens.grantRead(admitExports);
    // each minute: a partner's hour, and what was left over, begin within it; with nothing to do it reads three indexes
    schedules.add("admit-exports", ScheduleExpression.rate(Duration.minutes(1)), admitExports);
  }
}
