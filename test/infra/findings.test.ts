import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { appIn, scratchFolder } from "./synthesised.ts";

const scratch = scratchFolder();

it("leaves cdk-nag and CloudFormation's own rules nothing to find", () => {
  const app = appIn(scratch, "prod", { builtinCloudFormationValidation: true });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  expect(() => app.synth()).not.toThrow();
}, 180_000);
