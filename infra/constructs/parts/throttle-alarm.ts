import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

/**
 * Tells of calls that Lambda turned away. The limit is the account's in its region, so the metric is, too: what others
 * there use up is what our functions lack, and a function that is turned away counts no error.
 */
export class ThrottleAlarm extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Alarm(this, "Throttled", {
      metric: LambdaFunction.metricAllThrottles({ period: Duration.minutes(5), statistic: "Sum" }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription:
        "throttled-functions: Lambda turns calls away. Impact: people and the feed get errors, and what runs by itself is late. See docs/runbook.md#throttled-functions",
    });
  }
}
