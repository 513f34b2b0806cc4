import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Catalogue } from "#infra/constructs/catalogue";
import { Disconnection } from "#infra/constructs/disconnection";
import { HubFeed } from "#infra/constructs/hub-feed";
import { Integration } from "#infra/constructs/integration";
import { Mapping } from "#infra/constructs/mapping";
import { Outbox } from "#infra/constructs/outbox";
import { OwnerMail } from "#infra/constructs/owner-mail";
import { acknowledgeWildcard } from "#infra/constructs/parts/acknowledge-wildcard";
import { AlarmTopic } from "#infra/constructs/parts/alarm-topic";
import { Credentials } from "#infra/constructs/parts/credentials";
import { deploymentParameters } from "#infra/constructs/parts/deployment-parameters";
import { HubApi } from "#infra/constructs/parts/hub-api";
import { Schedules } from "#infra/constructs/parts/schedules";
import { Storage } from "#infra/constructs/parts/storage";
import { ThrottleAlarm } from "#infra/constructs/parts/throttle-alarm";
import { UsageExports } from "#infra/constructs/usage-exports";

/** The whole service. What each part is made of stands in its construct. */
export class GradientBillingStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const parameters = deploymentParameters(this);
    const foundation = {
      parameters,
      storage: new Storage(this, "Storage"),
      credentials: new Credentials(this, "Credentials"),
      api: new HubApi(this, "HubApi", parameters),
      schedules: new Schedules(this, "Schedules"),
    };

    new HubFeed(this, "HubFeed", foundation);
    new Integration(this, "Integration", foundation);
    const { disconnects } = new Disconnection(this, "Disconnection", foundation);
    const { queue: catalogue } = new Catalogue(this, "Catalogue", foundation);
    const { accounts } = new Mapping(this, "Mapping", foundation);
    const { mail } = new OwnerMail(this, "OwnerMail", foundation);
    const { onDemandExports, scheduledExports } = new UsageExports(this, "UsageExports", foundation);
    new Outbox(this, "Outbox", {
      ...foundation,
      queues: { accounts, catalogue, mail, onDemandExports, scheduledExports, disconnects },
    });

    new ThrottleAlarm(this, "Throttles");
    new AlarmTopic(this, "Alarms", this);
    acknowledgeWildcard(this, "*", "X-Ray knows no resources: its two actions are granted on all of them.");
  }
}
