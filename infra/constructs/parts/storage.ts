import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

// sparse: only what falls due carries their attributes, so whoever asks reads nothing else (`Table.due`)
const dueIndexes = ["due", "idle", "look"];

type ItemAction = "GetItem" | "BatchGetItem" | "Query" | "PutItem" | "DeleteItem" | "ConditionCheckItem";

// what the reading half of shared/table/table.ts calls: nobody goes through the whole table, so nobody may Scan
const reading: ItemAction[] = ["GetItem", "BatchGetItem", "Query"];

// Rows are written whole (ADR 1), so nobody may UpdateItem. A transaction needs the rights of its parts, and a row that
// is only looked at in one needs ConditionCheckItem.
const writing: ItemAction[] = ["PutItem", "DeleteItem", "ConditionCheckItem"];

/** The one table: state, usage, ledger and outbox; docs/architecture.md lists its items. */
export class Storage extends Construct {
  readonly #table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#table = new TableV2(this, "Table", {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billing: Billing.onDemand(),
      globalSecondaryIndexes: dueIndexes.map((indexName) => ({
        indexName,
        partitionKey: { name: `${indexName}Kind`, type: AttributeType.STRING },
        sortKey: { name: `${indexName}At`, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      timeToLiveAttribute: "expiresAt",
      dynamoStream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  get tableName(): string {
    return this.#table.tableName;
  }

  get streamArn(): string {
    if (this.#table.tableStreamArn === undefined) throw new Error("The table has no stream.");
    return this.#table.tableStreamArn;
  }

  /** For a function that changes state: it reads rows, and writes each if it still is as it was read. */
  grantUse(grantee: IGrantable): void {
    this.grantOnly(grantee, ...reading, ...writing);
  }

  /** For a function that answers questions. */
  grantRead(grantee: IGrantable): void {
    this.grantOnly(grantee, ...reading);
  }

  /** Beside `grantUse`, for a function that asks what is due: the indexes hold keys, the rows come from the table. */
  grantFindDue(grantee: IGrantable): void {
    const { tableArn } = this.#table;
    const resourceArns = dueIndexes.map((indexName) => `${tableArn}/index/${indexName}`);
    Grant.addToPrincipal({ grantee, actions: ["dynamodb:Query"], resourceArns });
  }

  /** For a function that a stranger can reach, or that does one thing only: the calls that it makes, and no others. */
  grantOnly(grantee: IGrantable, ...actions: ItemAction[]): void {
    const { tableArn } = this.#table;
    Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `dynamodb:${action}`),
      resourceArns: [tableArn],
    });
  }

  /** For the one function that is fed by the stream: what Lambda's poller does in its name. */
  grantStream(grantee: IGrantable): void {
    this.#table.grantStreamRead(grantee);
  }
}
