import { Duration, Fn, Stack } from "aws-cdk-lib";
import { EventBus, EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import {
  ConfigurationSet,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from "aws-cdk-lib/aws-ses";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { resendOwnerMailRoute } from "#functions/resend-owner-mail/route";
import type { SendOwnerMailEnv } from "#functions/send-owner-mail/env";
import type { WatchMailsEnv } from "#functions/watch-mails/env";
import { settingsOf } from "#infra/stages";
import type { TableEnv } from "#shared/lambda/table-env";
import type { Foundation } from "./parts/foundation.ts";
import { ServiceFunction } from "./parts/service-function.ts";
import { WorkerQueue } from "./parts/worker-queue.ts";

/** SES's names of its reports, and where each says more than that it came. */
const reportRules = [
  { name: "Sent", detailType: "Email Sent", type: "Send", more: {} },
  { name: "Delivered", detailType: "Email Delivered", type: "Delivery", more: {} },
  {
    name: "Bounced",
    detailType: "Email Bounced",
    type: "Bounce",
    more: { bounceType: "$.detail.bounce.bounceType", bounceSubType: "$.detail.bounce.bounceSubType" },
  },
  { name: "Complained", detailType: "Email Complaint Received", type: "Complaint", more: {} },
] as const;

/** Mail to the one person who answers for a partner. The sender's identity is verified outside of this stack. */
export class OwnerMail extends Construct {
  readonly mail: Queue;

  constructor(
    scope: Construct,
    id: string,
    { api, storage, parameters, schedules }: Pick<Foundation, "api" | "storage" | "parameters" | "schedules">,
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
      // A message only wakes a worker, and `watch-mails` owes it again after an hour. Whatever keeps the workers from
      // tens of thousands of mails, a few messages of each wait, and not one for every hour of four days.
      retentionPeriod: Duration.hours(4),
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

    const watchMails = new ServiceFunction<WatchMailsEnv>(this, "WatchMails", {
      folder: "watch-mails",
      environment: {
        TABLE_NAME: storage.tableName,
        TOKEN_POLICY_DAYS: String(settingsOf(this).tokenPolicyDays),
      },
      errorImpact: "mails that were lost or held back stay away, and nobody is reminded of what needs a person",
      timeout: Duration.minutes(1),
    });
    storage.grantUse(watchMails);
    storage.grantFindDue(watchMails);
    schedules.add("watch-mails", ScheduleExpression.rate(Duration.minutes(5)), watchMails);

    this.#hearReports({ storage }, configurationSet);
  }

  /**
   * SES reports through the account's default bus, the only one that it knows. A rule for each kind of report cuts out
   * what we need: SES's own event holds the recipient's address.
   */
  #hearReports({ storage }: Pick<Foundation, "storage">, configurationSet: ConfigurationSet): void {
    configurationSet.addEventDestination("Reports", {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, "DefaultBus", "default")),
      events: [
        EmailSendingEvent.SEND,
        EmailSendingEvent.DELIVERY,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
      ],
    });
    const workerTimeout = Duration.seconds(10);
    const reports = new WorkerQueue(this, "MailReports", {
      workerTimeout,
      deadLettersImpact: "the hub shows a mail as sent that has arrived, or has come back",
    });
    for (const { name, detailType, type, more } of reportRules) {
      new Rule(this, name, {
        eventPattern: {
          source: ["aws.ses"],
          detailType: [detailType],
          detail: { mail: { tags: { "ses:configuration-set": [configurationSet.configurationSetName] } } },
        },
        targets: [
          new SqsQueue(reports.queue, {
            message: RuleTargetInput.fromObject({
              type,
              tags: EventField.fromPath("$.detail.mail.tags"),
              ...Object.fromEntries(Object.entries(more).map(([field, path]) => [field, EventField.fromPath(path)])),
            }),
          }),
        ],
      });
    }
    const recordMailReport = new ServiceFunction<TableEnv>(this, "RecordMailReport", {
      folder: "record-mail-report",
      environment: { TABLE_NAME: storage.tableName },
      errorImpact: "the hub does not show that a mail has arrived, or has come back",
      timeout: workerTimeout,
    });
    storage.grantUse(recordMailReport);
    reports.drive(recordMailReport, { batchSize: 10, maxConcurrency: 2 });
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
