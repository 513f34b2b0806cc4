import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { acknowledgeWildcard, arnOf } from "./acknowledge-wildcard.ts";

/** The one table: state, usage, ledger and outbox; docs/architecture.md lists its items. */
export class Storage extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, "Table", {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billing: Billing.onDemand(),
      globalSecondaryIndexes: [
        {
          // sparse: only what falls due carries these attributes, so whoever asks reads nothing else
          indexName: "due",
          partitionKey: { name: "dueKind", type: AttributeType.STRING },
          sortKey: { name: "dueAt", type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
      timeToLiveAttribute: "expiresAt",
      dynamoStream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledgeWildcard(this, `${arnOf(this.table)}/index/*`, "Whoever may use the table may use its index.");
  }
}
