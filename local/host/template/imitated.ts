import type { Stack } from "./stack.ts";

const imitated = [
  /^AWS::Lambda::(Function|EventSourceMapping|Version|Alias)$/,
  /^AWS::SQS::Queue$/,
  /^AWS::DynamoDB::(Table|GlobalTable)$/,
  /^AWS::SecretsManager::Secret$/,
  /^AWS::ApiGatewayV2::(Api|Route|Integration|Authorizer|Stage)$/,
  /^AWS::Scheduler::Schedule$/,
  /^AWS::Events::Rule$/,
];

/** Nothing that a person on this machine would miss: rights, alarms, logs, and names that only AWS checks. */
const leftOut = [
  /^AWS::IAM::/,
  /^AWS::Lambda::(Permission|EventInvokeConfig)$/,
  /^AWS::Logs::/,
  /^AWS::CloudWatch::/,
  /^AWS::SQS::QueuePolicy$/,
  /^AWS::SES::/,
  /^AWS::SNS::/,
  /^AWS::KMS::/,
  /^AWS::Scheduler::ScheduleGroup$/,
  /^AWS::SecretsManager::ResourcePolicy$/,
  /^AWS::CDK::Metadata$/,
];

/** The types in the template that this host does not know, so that nobody takes their absence for a fault of ours. */
export const notImitated = (stack: Stack): string[] => {
  const types = new Set(stack.resources.map(({ type }) => type));
  return [...types]
    .filter((type) => ![...imitated, ...leftOut].some((known) => known.test(type)))
    .toSorted((a, b) => a.localeCompare(b));
};
