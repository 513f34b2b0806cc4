import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { appOf } from "./synthesised.ts";

it("leaves cdk-nag and CloudFormation's own rules nothing to find", () => {
  const app = appOf("prod", { builtinCloudFormationValidation: true });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  expect(() => app.synth()).not.toThrow();
}, 180_000);
