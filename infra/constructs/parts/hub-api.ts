import { CfnOutput, Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  type AddRoutesOptions,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { cors } from "#api/cors";
import { settingsOf } from "#infra/stages";
import type { Route } from "#shared/lambda/http/route";
import type { DeploymentParameters } from "./deployment-parameters.ts";

/** The HTTP API. Who may call a route is said by its declaration; CDK falls back to a signed-in person. */
export class HubApi extends Construct {
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, parameters: DeploymentParameters) {
    super(scope, id);
    this.#api = new HttpApi(this, "Api", {
      apiName: `gradient-billing-${settingsOf(this).stage}`,
      description: "Gradient billing: the hub UI, the hub's feed and Gradient's webhook",
      createDefaultStage: false,
      defaultAuthorizer: new HttpJwtAuthorizer("HubIdentity", parameters.jwtIssuer, {
        jwtAudience: [parameters.jwtAudience],
      }),
      corsPreflight: {
        allowOrigins: parameters.hubOrigins,
        allowMethods: cors.methods.map((method) => CorsHttpMethod[method]),
        allowHeaders: cors.allowedHeaders,
        exposeHeaders: cors.exposedHeaders,
        maxAge: Duration.hours(1),
      },
    });
    this.#addStage();
    this.#alarmOnServerErrors();
    new CfnOutput(this, "Url", { key: "ApiUrl", value: this.#api.apiEndpoint });
  }

  /**
   * Has the function answer these routes, each for those whom its declaration lets in: the hub's people, whose role the
   * function looks at; the hub's back office, by its scope; or everybody, where the function itself tells who calls.
   */
  route(handler: LambdaFunction, ...declared: Route[]): void {
    const integration = new HttpLambdaIntegration(`${handler.node.id}Integration`, handler);
    for (const { method, path, callers } of declared) {
      const options = { path, methods: [HttpMethod[method]], integration };
      if (callers === "signed") this.#openToEverybody(options);
      else this.#api.addRoutes({ ...options, ...(callers === "feed" && { authorizationScopes: ["hub.feed"] }) });
    }
  }

  #openToEverybody(options: AddRoutesOptions): void {
    for (const added of this.#api.addRoutes({ ...options, authorizer: new HttpNoneAuthorizer() })) {
      Validations.of(added).acknowledge({
        id: "AwsSolutions::AwsSolutions-APIG4",
        reason: "The caller has no JWT; the function verifies the signature over the raw body before it reads it.",
      });
    }
  }

  #addStage(): void {
    const { logRetention, throttle } = settingsOf(this);
    const accessLog = new LogGroup(this, "AccessLog", {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, "Stage", {
      httpApi: this.#api,
      autoDeploy: true,
      throttle,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    });
  }

  #alarmOnServerErrors(): void {
    new Alarm(this, "ServerErrors", {
      metric: this.#api.metricServerError({ period: Duration.minutes(5) }),
      // a single 502 or 503 while Gradient is away is an honest answer, not our fault; a row of them is worth a look
      threshold: 5,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription:
        "hub-api answers 5xx. Impact: people see errors in the hub, or its feed is not stored. See docs/runbook.md#hub-api",
    });
  }
}

// the route's key, never its path: neither ids nor a query string belong into a log that everybody may read
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    route: "$context.routeKey",
    status: "$context.status",
    latencyMs: "$context.responseLatency",
    partnerId: "$context.authorizer.claims.org_id",
    authorizerError: "$context.authorizer.error",
    integrationError: "$context.integrationErrorMessage",
  }),
);
