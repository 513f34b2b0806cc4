import { Duration, Fn, Stack } from "aws-cdk-lib";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { ConfigurationSet, EmailIdentity, SuppressionReasons } from "aws-cdk-lib/aws-ses";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { resendOwnerMailRoute } from "#functions/resend-owner-mail/route";
import type { SendOwnerMailEnv } from "#functions/send-owner-mail/env";
import type { TableEnv } from "#shared/lambda/table-env";
import type { Foundation } from "./foundation.ts";
import { ServiceFunction } from "./service-function.ts";
import { WorkerQueue } from "./worker-queue.ts";

/** Mail to the one person who answers for a partner. The sender's identity is verified outside of this stack. */
export class OwnerMail extends Construct {
  readonly mail: Queue;

  constructor(
    scope: Construct,
    id: string,
    { api, storage, parameters }: Pick<Foundation, "api" | "storage" | "parameters">,
  ) {
    super(scope, id);

    const resendOwnerMail = new ServiceFunction<TableEnv>(this, "ResendOwnerMail", {
      folder: "resend-owner-mail",
      environment: { TABLE_NAME: storage.tableName },
      errorImpact: "an owner's lost mail cannot be asked for again",
    });
    storage.grantUse(resendOwnerMail);
    api.route(resendOwnerMail, resendOwnerMailRoute);

    const workerTimeout = Duration.seconds(30);
    const queue = new WorkerQueue(this, "Mail", {
      workerTimeout,
      deadLettersImpact: "an owner does not hear of an agreement or of a refused token",
    });
    this.mail = queue.queue;

    const configurationSet = new ConfigurationSet(this, "ConfigurationSet", {
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    const sendOwnerMail = new ServiceFunction<SendOwnerMailEnv>(this, "SendOwnerMail", {
      folder: "send-owner-mail",
      environment: {
        TABLE_NAME: storage.tableName,
        MAIL_FROM: parameters.mailFrom,
        MAIL_CONFIGURATION_SET: configurationSet.configurationSetName,
        HUB_URL: parameters.hubUrl,
        GRADIENT_BASE_URL: parameters.gradientBaseUrl,
      },
      errorImpact: "owners hear late of an agreement or of a refused token",
      timeout: workerTimeout,
    });
    storage.grantUse(sendOwnerMail);
    this.#grantSend(sendOwnerMail, parameters.mailFrom, configurationSet.configurationSetName);
    queue.drive(sendOwnerMail, { batchSize: 1, maxConcurrency: 2 });
  }

  #grantSend(sender: IGrantable, mailFrom: string, configurationSet: string): void {
    // SES asks for the right on the address if that is verified by itself, else on its domain
    const domain = Fn.select(1, Fn.split("@", mailFrom));
    for (const [id, name] of Object.entries({ SenderAddress: mailFrom, SenderDomain: domain })) {
      EmailIdentity.fromEmailIdentityName(this, id, name).grant(sender, "ses:SendEmail");
    }
    Grant.addToPrincipal({
      grantee: sender,
      actions: ["ses:SendEmail"],
      resourceArns: [
        Stack.of(this).formatArn({
          service: "ses",
          resource: "configuration-set",
          resourceName: configurationSet,
        }),
      ],
    });
  }
}
