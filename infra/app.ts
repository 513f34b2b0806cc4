import { gradientBillingApp } from "./gradient-billing-app.ts";
import { SynthProblem } from "./synth-problem.ts";

try {
  gradientBillingApp({ outdir: process.env.CDK_OUTDIR ?? "cdk.out" }).synth();
} catch (error) {
  if (!(error instanceof SynthProblem)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
