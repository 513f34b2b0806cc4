import { Duration } from "aws-cdk-lib";
import { Schedule, type ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Construct } from "constructs";
import { settingsOf } from "#infra/stages";
import { acknowledgeWildcard, arnOf } from "./acknowledge-wildcard.ts";
import type { ServiceFunction } from "./service-function.ts";
import { DeadLetters } from "./worker-queue.ts";

/** What runs by the clock, under plain names: operators and the local system start a schedule by its name. */
export class Schedules extends Construct {
  readonly #group: ScheduleGroup;
  readonly #deadLetters: DeadLetters;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#group = new ScheduleGroup(this, "Group", { scheduleGroupName: `gradient-billing-${settingsOf(this).stage}` });
    this.#deadLetters = new DeadLetters(this, "DeadLetters", {
      name: "Schedules",
      impact: "a scheduled run did not start; the next one does its work, so something is late by one interval",
    });
  }

  add(name: string, schedule: ScheduleExpression, job: ServiceFunction<Record<string, string>>): void {
    const added = new Schedule(this, name, {
      scheduleName: name,
      scheduleGroup: this.#group,
      schedule,
      target: new LambdaInvoke(job, {
        input: ScheduleTargetInput.fromObject({ schedule: name }),
        // every job looks for whatever is due, so one that is late by more than this is the next one's work anyway
        maxEventAge: Duration.minutes(15),
        retryAttempts: 3,
        deadLetterQueue: this.#deadLetters.queue,
      }),
    });
    // the schedule names its group in plain text, so CloudFormation does not see the order by itself
    added.node.addDependency(this.#group);
    acknowledgeWildcard(
      this,
      `${arnOf(job)}:*`,
      "The scheduler may start any version of the one function that it is for.",
    );
    job.alarmWhenNotCalled();
  }
}
