import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { StartupProblem } from "../../startup-problem.ts";

const resource = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const cloudFormationTemplate = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Resources: z.record(z.string(), resource),
});

export type CloudFormationTemplate = z.infer<typeof cloudFormationTemplate>;

/** A synthesised template and the folder that its assets are relative to. */
export interface LoadedTemplate {
  stackName: string;
  folder: string;
  content: CloudFormationTemplate;
}

export const loadTemplate = (file: string): LoadedTemplate => ({
  stackName: file.slice(dirname(file).length + 1).replace(/\.template\.json$/, ""),
  folder: dirname(file),
  content: cloudFormationTemplate.parse(JSON.parse(readFileSync(file, "utf8"))),
});

/** The one template that `cdk synth` left in this folder. */
export const findTemplate = (folder: string): string => {
  const templates = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".template.json")) : [];
  const [first, second] = templates;
  if (first === undefined || second !== undefined) {
    throw new StartupProblem(`${folder} should hold one synthesised template, it holds ${templates.length}.`);
  }
  return join(folder, first);
};
