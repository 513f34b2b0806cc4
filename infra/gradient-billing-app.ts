import { App, type AppProps } from "aws-cdk-lib";
import recommendedFlags from "aws-cdk-lib/recommended-feature-flags.json" with { type: "json" };
import { GradientBillingStack } from "./gradient-billing-stack.ts";
import { settingsOf } from "./stages.ts";

/** The app for the stage in its context. Needs no account, no network and no CDK command line. */
export const gradientBillingApp = (props: AppProps = {}): App => {
  const app = new App({
    // two of its three seconds, and on every start of the local system: test/infra/findings.test.ts runs it instead
    builtinCloudFormationValidation: false,
    ...props,
    analyticsReporting: false,
    treeMetadata: false,
    // after the command line's own, so that the template is the same with it and without
    postCliContext: {
      // the local system finds a function's code by the asset path in its metadata
      "aws:cdk:enable-asset-metadata": true,
      "aws:cdk:enable-path-metadata": true,
      // here, not in cdk.json, which only the command line reads
      ...recommendedFlags,
      ...props.postCliContext,
    },
  });
  const { stage, region } = settingsOf(app);
  new GradientBillingStack(app, "GradientBilling", {
    stackName: `gradient-billing-${stage}`,
    description: "Sends an MSP hub's usage counts to Gradient",
    env: { region },
    terminationProtection: stage === "prod",
  });
  return app;
};
