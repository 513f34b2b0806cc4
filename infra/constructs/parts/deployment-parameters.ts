import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { settingsOf } from "#infra/stages";

const webAddress = "https?://[^\\s/]+[^\\s]*";
const mailAddress = "[^\\s@<>]+@[^\\s@<>]+";

/** What a deployment says beside its stage, so that one synthesised template serves every deployment of it. */
export interface DeploymentParameters {
  gradientBaseUrl: string;
  hubUrl: string;
  jwtIssuer: string;
  jwtAudience: string;
  mailFrom: string;
  hubOrigins: string[];
}

/** Declared on the stack itself: the ids below are the names that `cdk deploy --parameters` and the local host use. */
export const deploymentParameters = (stack: Construct): DeploymentParameters => {
  const { parameters } = settingsOf(stack);
  const text = (id: string, description: string, preset: string | undefined, pattern: string) =>
    new CfnParameter(stack, id, {
      description,
      allowedPattern: pattern,
      ...(preset !== undefined && { default: preset }),
    }).valueAsString;

  return {
    gradientBaseUrl: text(
      "GradientBaseUrl",
      "Gradient's address, ends in /api",
      parameters.gradientBaseUrl,
      `${webAddress}/api`,
    ),
    hubUrl: text("HubUrl", "The hub's own address, for links in mails", parameters.hubUrl, webAddress),
    jwtIssuer: text("JwtIssuer", "Issuer of the hub's JWTs", parameters.jwtIssuer, webAddress),
    jwtAudience: text("JwtAudience", "Audience of the hub's JWTs", parameters.jwtAudience, ".+"),
    mailFrom: text(
      "MailFrom",
      "Sender of mails to owners; the address or its domain is verified in SES",
      parameters.mailFrom,
      mailAddress,
    ),
    hubOrigins: new CfnParameter(stack, "HubOrigins", {
      type: "CommaDelimitedList",
      description: "Origins whose pages may call the API (CORS)",
      ...(parameters.hubOrigins !== undefined && { default: parameters.hubOrigins }),
    }).valueAsList,
  };
};
