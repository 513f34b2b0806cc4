import { Duration } from "aws-cdk-lib";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { disconnectIntegrationRoute } from "#functions/disconnect-integration/route";
import { wholeCoreMb } from "#infra/export-workers";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { ViewEnv } from "#shared/lambda/view-env";
import type { Foundation } from "./parts/foundation.ts";
import { gradientEnvironment } from "./parts/gradient-environment.ts";
import { patientTimeout, ServiceFunction } from "./parts/service-function.ts";
import { WorkerQueue } from "./parts/worker-queue.ts";

/** A partner leaves: we forget at once on our side, and tell Gradient and the vault in the background. */
export class Disconnection extends Construct {
  readonly disconnects: Queue;

  constructor(scope: Construct, id: string, foundation: Omit<Foundation, "schedules">) {
    super(scope, id);
    const { api, storage, credentials, parameters } = foundation;

    const disconnectIntegration = new ServiceFunction<ViewEnv>(this, "DisconnectIntegration", {
      folder: "disconnect-integration",
      environment: { TABLE_NAME: storage.tableName, GRADIENT_BASE_URL: parameters.gradientBaseUrl },
      errorImpact: "a partner cannot withdraw, and its usage is sent on",
      // what Gradient holds on each of its lines is counted before anything is written
      memoryMb: wholeCoreMb,
      timeout: patientTimeout,
    });
    storage.grantUse(disconnectIntegration);
    api.route(disconnectIntegration, disconnectIntegrationRoute);

    // a few calls: Gradient's status, the secret, the state
    const workerTimeout = Duration.seconds(30);
    const queue = new WorkerQueue(this, "Disconnects", {
      workerTimeout,
      // Each three minutes for a day: while Gradient refuses or answers nobody, no call is made, and it comes by itself
      // afterwards.
      maxReceiveCount: 480,
      deadLettersImpact: "a partner who left keeps its token with us and stays active in Gradient",
    });
    this.disconnects = queue.queue;

    const closeConnection = new ServiceFunction<GradientEnv>(this, "CloseConnection", {
      folder: "close-connection",
      environment: gradientEnvironment(this, foundation),
      errorImpact: "a partner who left keeps its token with us until the retry succeeds",
      timeout: workerTimeout,
    });
    storage.grantUse(closeConnection);
    credentials.vendorKey.grantRead(closeConnection);
    credentials.partnerTokens.grantRead(closeConnection);
    credentials.partnerTokens.grantDelete(closeConnection);
    queue.drive(closeConnection, { batchSize: 1, maxConcurrency: 2 });
  }
}
