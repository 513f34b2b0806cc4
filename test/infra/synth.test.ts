import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import * as z from "zod";
import { bundlesIn, root, scratchFolder, synthesised, synthesisedAnew } from "./synthesised.ts";

const run = promisify(execFile);
const scratch = scratchFolder();

const runApp = (context: Record<string, string>) =>
  run(process.execPath, ["infra/app.ts"], {
    cwd: root,
    // no AWS account, region or profile, and no home to find them in
    env: { CDK_OUTDIR: path.join(scratch, "out"), CDK_CONTEXT_JSON: JSON.stringify(context), HOME: scratch },
  });

it("gives the same template every time", () => {
  expect(synthesisedAnew("prod").text).toBe(synthesised("prod").text);
});

it("gives a stage that differs from production in names, retention and defaults only", () => {
  const neutral = (text: string, stage: string) =>
    text
      .replaceAll(`gradient-billing-${stage}`, "gradient-billing-<stage>")
      .replaceAll(`gradient-billing/${stage}/`, "gradient-billing/<stage>/")
      .replaceAll(`GradientBilling/${stage}`, "GradientBilling/<stage>")
      .replaceAll(/"RetentionInDays": \d+/g, '"RetentionInDays": 0')
      .replaceAll(/,\n {3}"Default": "[^"]*"|"Default": "[^"]*",\n {3}/g, "")
      .replaceAll(/"S3Key": "[^"]+"/g, "");

  expect(neutral(synthesised("local").text, "local")).toBe(neutral(synthesised("prod").text, "prod"));
});

it("tells the local system where each function's code lies", () => {
  for (const [folder, { Metadata }] of synthesised("local").functions()) {
    expect(Metadata["aws:asset:path"], folder).toMatch(/^asset\.[0-9a-f]{64}$/);
  }
});

it("says in one sentence that a bundle is missing", async () => {
  const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
  const failed: unknown = await runApp({ bundles: scratch }).catch((error: unknown) => error);

  expect(failure.parse(failed)).toEqual({
    code: 1,
    stdout: "",
    stderr: "There is no bundle of put-service: run `npm run build` first.\n",
  });
});

it("names the stages when it is told another one", async () => {
  await expect(runApp({ stage: "production" })).rejects.toMatchObject({
    stderr: expect.stringContaining('There is no stage "production": say -c stage= with dev, prod, local.'),
  });
});

it("needs neither the CDK command line nor an account", async () => {
  await runApp({ stage: "dev", bundles: bundlesIn(scratch) });

  const manifest: unknown = JSON.parse(readFileSync(path.join(scratch, "out/manifest.json"), "utf8"));
  expect(manifest).toHaveProperty("artifacts.GradientBilling.properties.templateFile");
  expect(manifest).not.toHaveProperty("missing");
});
