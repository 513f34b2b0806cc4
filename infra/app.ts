import { MissingBundle } from "#infra/constructs/service-function";
import { gradientBillingApp } from "./gradient-billing-app.ts";

try {
  gradientBillingApp({ outdir: process.env.CDK_OUTDIR ?? "cdk.out" }).synth();
} catch (error) {
  if (!(error instanceof MissingBundle)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
