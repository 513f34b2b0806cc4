import { existsSync } from "node:fs";
import path from "node:path";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { FilterPattern, LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { usualMemoryMb, youngHeapOption } from "#infra/export-workers";
import { settingsOf } from "#infra/stages";
import { SynthProblem } from "#infra/synth-problem";

// a third of what API Gateway waits at most: a person is told before they give up
const httpTimeout = Duration.seconds(10);
/** Where somebody rather waits than presses in vain: API Gateway gives up after thirty seconds. */
export const patientTimeout = Duration.seconds(28);
const defaultBundles = path.resolve(import.meta.dirname, "../../../dist/functions");

/** Also what the function could do without: on AWS nothing is left open. */
type Complete<Env> = { [Name in keyof Env]-?: NonNullable<Env[Name]> };

interface ServiceFunctionProps<Env> {
  /** The folder in `functions/`, and the heading in the runbook. */
  folder: string;
  /** As the schema says that its handler reads: names and addresses, never secret values. */
  environment: Complete<Env>;
  /** What somebody loses while this function fails; completes "Impact: …". */
  errorImpact: string;
  timeout?: Duration;
  /** Lambda gives 1,769 MB one core, and others a share of it by their memory. */
  memoryMb?: number;
  /** Room for what lives for a moment only; what V8 gives by itself follows from the memory. */
  youngMb?: number;
  /** It sends messages to its own queue on purpose: Lambda would end that after 16 rounds. */
  wakesItself?: boolean;
}

/** One bundled function with the house defaults, a role of its own that can do nothing but log, and an error alarm. */
export class ServiceFunction<Env extends Record<string, string | undefined>> extends LambdaFunction {
  readonly #told: (what: string) => string;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Env>) {
    const { folder, environment, errorImpact, timeout = httpTimeout, wakesItself = false, youngMb } = props;
    // own role: the managed policy that CDK attaches otherwise may create log groups everywhere
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: settingsOf(scope).logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);

    super(scope, id, {
      description: folder,
      code: Code.fromAsset(bundleOf(scope, folder)),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb ?? usualMemoryMb,
      timeout,
      environment: { ...environment, ...(youngMb && { NODE_OPTIONS: youngHeapOption(youngMb) }) },
      ...(wakesItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
    });

    this.#told = (what) => `${folder} ${what}. Impact: ${errorImpact}. See docs/runbook.md#${folder}`;
    // a door answers or redelivers instead of throwing, so an invocation can fail without Lambda's own count moving
    const loggedErrors = logGroup.addMetricFilter("LoggedErrors", {
      filterPattern: FilterPattern.stringValue("$.level", "=", "ERROR"),
      metricNamespace: `GradientBilling/${settingsOf(scope).stage}`,
      metricName: `${folder}-logged-errors`,
      defaultValue: 0,
    });
    const alarmOn = (alarmId: string, metric: Metric, what: string) =>
      new Alarm(this, alarmId, {
        metric,
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: this.#told(what),
      });
    const period = Duration.minutes(5);
    alarmOn("Errors", this.metricErrors({ period }), "is failing");
    alarmOn("ErrorLines", loggedErrors.metric({ period, statistic: "sum" }), "reports errors");
    if (wakesItself) {
      const dropped = this.metric("RecursiveInvocationsDropped", { period, statistic: "sum" });
      alarmOn("RecursionsDropped", dropped, "is taken for an endless loop");
    }
  }

  /** For a job of every few minutes: who is not called at all counts no errors. */
  alarmWhenNotCalled(): void {
    new Alarm(this, "Silent", {
      metric: this.metricInvocations({ period: Duration.minutes(10), statistic: "Sum" }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: this.#told("is not called"),
    });
  }
}

const bundleOf = (scope: Construct, folder: string): string => {
  const built: unknown = scope.node.tryGetContext("bundles");
  const bundle = path.join(typeof built === "string" ? built : defaultBundles, folder);
  if (!existsSync(path.join(bundle, "index.mjs"))) {
    throw new SynthProblem(`There is no bundle of ${folder}: run \`npm run build\` first.`);
  }
  return bundle;
};
