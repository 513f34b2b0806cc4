import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { gradientBillingApp } from "#infra/gradient-billing-app";

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const deployed = z.object({ Description: z.string(), MemorySize: z.number() });

/** The memory of each function by its folder, as it is deployed. */
export const memories = (bundles: string): Map<string, number> => {
  const outdir = mkdtempSync(path.join(tmpdir(), "bench-cdk-"));
  const app = gradientBillingApp({ outdir, context: { stage: "prod", bundles } });
  const json: unknown = app.synth().getStackByName("gradient-billing-prod").template;
  rmSync(outdir, { recursive: true, force: true });
  const functions = Object.values(template.parse(json).Resources).filter(
    ({ Type }) => Type === "AWS::Lambda::Function",
  );
  return new Map(
    functions.map(({ Properties }) => {
      const { Description, MemorySize } = deployed.parse(Properties);
      return [Description, MemorySize];
    }),
  );
};
