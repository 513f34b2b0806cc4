import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AppProps } from "aws-cdk-lib";
import { afterAll } from "vitest";
import * as z from "zod";
import { gradientBillingApp } from "#infra/gradient-billing-app";
import type { StageName } from "#infra/stages";

export const root = path.resolve(import.meta.dirname, "../..");

export const folders = readdirSync(path.join(root, "functions"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
});
const template = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.string().optional() })),
  Resources: z.record(z.string(), resource),
});

export type Resource = z.infer<typeof resource> & { id: string };

/** A folder that goes with the test file that calls this. */
export const scratchFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "synthesised-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
};

/** Stand in for the built bundles, so that these tests are about the stack and need no build. */
export const bundlesIn = (scratch: string): string => {
  const bundles = path.join(scratch, "bundles");
  for (const folder of folders) {
    mkdirSync(path.join(bundles, folder), { recursive: true });
    writeFileSync(path.join(bundles, folder, "index.mjs"), `export const handler = () => "${folder}";`);
  }
  return bundles;
};

export const appIn = (scratch: string, stage: StageName, props: AppProps = {}) =>
  gradientBillingApp({
    outdir: path.join(scratch, "cdk"),
    ...props,
    context: { stage, bundles: bundlesIn(scratch) },
  });

const assemblyOf = (stage: StageName) => {
  const scratch = mkdtempSync(path.join(tmpdir(), "synthesised-"));
  try {
    return appIn(scratch, stage).synth().getStackByName(`gradient-billing-${stage}`).template;
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

// for all files of a process: to load CDK, and to synthesise a stack, takes a second of a core each
const made = new Map<StageName, ReturnType<typeof synthesisedAnew>>();

/** A stage's stack, as it was synthesised first. */
export const synthesised = (stage: StageName): ReturnType<typeof synthesisedAnew> => {
  const found = made.get(stage) ?? synthesisedAnew(stage);
  made.set(stage, found);
  return found;
};

export const synthesisedAnew = (stage: StageName) => {
  const json: unknown = assemblyOf(stage);
  const { Resources, Parameters } = template.parse(json);
  const all = Object.entries(Resources).map(([id, found]): Resource => ({ id, ...found }));
  return {
    text: JSON.stringify(json, null, 1),
    parameters: Parameters,
    all,
    ofType: (type: string) => all.filter(({ Type }) => Type === type),
    functions: () =>
      new Map(all.filter(({ Type }) => Type === "AWS::Lambda::Function").map((found) => [folderOf(found), found])),
    /** Where a resource stands in the tree of constructs, without what is the same for all. */
    placeOf: (id: string) => {
      const where = Resources[id]?.Metadata["aws:cdk:path"];
      return typeof where === "string" ? where.replace(/^GradientBilling\//, "").replace(/\/Resource$/, "") : id;
    },
  };
};

const folderOf = ({ Properties }: Resource): string => z.string().parse(Properties.Description);

/** The logical id behind `{ "Fn::GetAtt": [id, …] }` or `{ "Ref": id }`. */
export const targetOf = (reference: unknown): string => {
  const found = z
    .union([z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }), z.object({ Ref: z.string() })])
    .parse(reference);
  return "Ref" in found ? found.Ref : found["Fn::GetAtt"][0];
};
