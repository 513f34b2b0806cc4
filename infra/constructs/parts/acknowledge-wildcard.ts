import { CfnElement, Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Says why a right on this pattern of resources is meant, as cdk-nag writes the pattern. */
export const acknowledgeWildcard = (scope: IConstruct, resource: string, reason: string): void =>
  Validations.of(Stack.of(scope)).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`, reason });

/** The ARN of a construct's resource, as cdk-nag writes it. */
export const arnOf = ({ node }: IConstruct): string => {
  if (!(node.defaultChild instanceof CfnElement)) throw new Error(`${node.path} is no single resource.`);
  return `<${Stack.of(node.defaultChild).getLogicalId(node.defaultChild)}.Arn>`;
};
