import { Stack } from "aws-cdk-lib";
import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { settingsOf } from "#infra/stages";

/** Tells people about every alarm that stands in `watched` by now: made last, so that no construct can forget it. */
export class AlarmTopic extends Construct {
  constructor(scope: Construct, id: string, watched: Construct) {
    super(scope, id);
    const topic = new Topic(this, "Topic", { enforceSSL: true });
    // a policy of its own, which `enforceSSL` makes, takes the place of the one that lets CloudWatch in
    topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ["sns:Publish"],
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    const { alarmEmail } = settingsOf(this);
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));

    const tell = new SnsAction(topic);
    for (const child of watched.node.findAll()) if (child instanceof Alarm) child.addAlarmAction(tell);
  }
}
