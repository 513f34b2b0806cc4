import { Duration } from "aws-cdk-lib";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { checkMappingRoute } from "#functions/check-mapping/route";
import { exclusionsRoute, inclusionsRoute } from "#functions/leave-out/route";
import type { ReceiveMappingWebhookEnv } from "#functions/receive-mapping-webhook/env";
import { receiveMappingWebhookRoute } from "#functions/receive-mapping-webhook/route";
import type { WatchMappingsEnv } from "#functions/watch-mappings/env";
import { accountWorker } from "#infra/account-worker";
import { wholeCoreMb } from "#infra/export-workers";
import { settingsOf } from "#infra/stages";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { TableEnv } from "#shared/lambda/table-env";
import type { Foundation } from "./parts/foundation.ts";
import { gradientEnvironment, grantPartnersCalls } from "./parts/gradient-environment.ts";
import { ServiceFunction } from "./parts/service-function.ts";
import { WorkerQueue } from "./parts/worker-queue.ts";

/** Accounts go to Gradient, and we learn by webhook, by clock or by asking what is mapped there. */
export class Mapping extends Construct {
  readonly accounts: Queue;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { api, storage, credentials, schedules } = foundation;
    const environment = { TABLE_NAME: storage.tableName };

    // a partner with thousands of customers is created in pages, and renamed ones are changed one call each
    const workerTimeout = Duration.seconds(accountWorker.timeoutSeconds);
    const queue = new WorkerQueue(this, "Accounts", {
      workerTimeout,
      // a partner looks for its customers in Gradient right after the confirmation: a failed attempt is repeated soon
      visibilityTimeout: Duration.seconds(workerTimeout.toSeconds() + 10),
      // an hour of a failing Gradient passes without anybody having to redrive
      maxReceiveCount: 30,
      // SQS's longest: whatever keeps the worker away, no message is lost before somebody has seen to it
      retentionPeriod: Duration.days(14),
      deadLettersImpact: "a partner's customers are missing or misnamed in Gradient and cannot be mapped",
    });
    this.accounts = queue.queue;

    const syncAccounts = new ServiceFunction<GradientEnv>(this, "SyncAccounts", {
      folder: "sync-accounts",
      environment: gradientEnvironment(this, foundation),
      errorImpact: "new customers appear in Gradient late, and what partners map is noticed late",
      timeout: workerTimeout,
      memoryMb: accountWorker.memoryMb,
    });
    grantPartnersCalls(syncAccounts, foundation);
    queue.drive(syncAccounts, { batchSize: 1, maxConcurrency: 5 });

    const checkMapping = new ServiceFunction<TableEnv>(this, "CheckMapping", {
      folder: "check-mapping",
      environment,
      errorImpact: "Check now does nothing; the mapping is still looked at by itself",
    });
    storage.grantUse(checkMapping);
    api.route(checkMapping, checkMappingRoute);

    const leaveOut = new ServiceFunction<TableEnv>(this, "LeaveOut", {
      folder: "leave-out",
      environment,
      errorImpact: "partners cannot leave customers or services out of billing, nor take them in again",
      // five hundred customers in one call
      memoryMb: wholeCoreMb,
    });
    storage.grantUse(leaveOut);
    api.route(leaveOut, exclusionsRoute, inclusionsRoute);

    const receiveMappingWebhook = new ServiceFunction<ReceiveMappingWebhookEnv>(this, "ReceiveMappingWebhook", {
      folder: "receive-mapping-webhook",
      environment: { ...environment, WEBHOOK_KEYS_SECRET: credentials.webhookKeys.secretArn },
      errorImpact: "a finished mapping is noticed when the next look comes by itself",
    });
    // anybody may call it: it looks up whose organization is named, and writes four rows in one transaction
    storage.grantOnly(receiveMappingWebhook, "GetItem", "PutItem", "ConditionCheckItem");
    credentials.webhookKeys.grantRead(receiveMappingWebhook);
    api.route(receiveMappingWebhook, receiveMappingWebhookRoute);

    const watchMappings = new ServiceFunction<WatchMappingsEnv>(this, "WatchMappings", {
      folder: "watch-mappings",
      environment: { ...environment, CALLS_PER_SECOND: String(settingsOf(this).callsPerSecond) },
      errorImpact:
        "partners who finished mapping wait at step 2 unless they press Check now, and refused tokens are noticed late",
      timeout: Duration.seconds(60),
    });
    storage.grantUse(watchMappings);
    storage.grantFindDue(watchMappings);
    schedules.add("watch-mappings", ScheduleExpression.rate(Duration.minutes(1)), watchMappings);
  }
}
