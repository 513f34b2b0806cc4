import { type AwsCall, awsCall } from "./aws-call.ts";

const awsServices = ["DYNAMODB", "SQS", "SES", "SECRETS_MANAGER"] as const;
export type AwsService = (typeof awsServices)[number];

/** Where each service answers, on this machine or wherever the user pointed it. */
export type AwsEndpoints = Record<AwsService, string>;

/** An endpoint that the user gave, by the SDK's own rule: the service's variable first, then the general one. */
export const givenEndpoint = (service: AwsService, environment: NodeJS.ProcessEnv): string | undefined =>
  environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL || undefined;

/** The same endpoints as the SDK in a function reads them. */
export const endpointVariables = (endpoints: AwsEndpoints): Record<string, string> =>
  Object.fromEntries(awsServices.map((service) => [`AWS_ENDPOINT_URL_${service}`, endpoints[service]]));

/** The services that the host itself calls. */
export interface AwsCalls {
  dynamodb: AwsCall;
  sqs: AwsCall;
  secrets: AwsCall;
}

export const awsCalls = (endpoints: AwsEndpoints): AwsCalls => ({
  dynamodb: awsCall({ endpoint: endpoints.DYNAMODB, service: "dynamodb", version: "1.0" }),
  sqs: awsCall({ endpoint: endpoints.SQS, service: "sqs", version: "1.0" }),
  secrets: awsCall({ endpoint: endpoints.SECRETS_MANAGER, service: "secretsmanager", version: "1.1" }),
});
