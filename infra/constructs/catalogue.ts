import { Duration } from "aws-cdk-lib";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { Foundation } from "./parts/foundation.ts";
import { gradientEnvironment, grantPartnersCalls } from "./parts/gradient-environment.ts";
import { ServiceFunction } from "./parts/service-function.ts";
import { WorkerQueue } from "./parts/worker-queue.ts";

/** The vendor's services go to Gradient, with whichever partner's key is good, and off every partner's path. */
export class Catalogue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { schedules } = foundation;
    const workerTimeout = Duration.seconds(60);
    const queue = new WorkerQueue(this, "Services", {
      workerTimeout,
      deadLettersImpact: "a new service is created in Gradient by the clock, up to a minute late",
    });
    this.queue = queue.queue;

    const syncCatalogue = new ServiceFunction<GradientEnv>(this, "SyncCatalogue", {
      folder: "sync-catalogue",
      environment: gradientEnvironment(this, foundation),
      errorImpact: "a new service is missing in Gradient and cannot be mapped",
      timeout: workerTimeout,
    });
    grantPartnersCalls(syncCatalogue, foundation);
    // one at a time is enough, SQS asks for two at least
    queue.drive(syncCatalogue, { batchSize: 1, maxConcurrency: 2 });
    schedules.add("sync-catalogue", ScheduleExpression.rate(Duration.minutes(1)), syncCatalogue);
  }
}
