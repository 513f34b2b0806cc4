import * as z from "zod";
import type { StackResource } from "./stack.ts";
import type { LoadedTemplate } from "./template.ts";

const environment = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()).default({}) }).default({ Variables: {} }),
});

/** `{ "Ref": "VendorKey" }`, or `Fn::GetAtt` and the like: the first resource that the value mentions. */
const mentions = (value: unknown, id: string): boolean => JSON.stringify(value ?? null).includes(JSON.stringify(id));

/**
 * Finds a secret by the variable through which functions learn its name, so that neither the secret's own name nor its
 * logical id has to be known here.
 */
export const secretValues =
  ({ content }: LoadedTemplate, byVariable: Record<string, string>) =>
  ({ id }: StackResource): string | undefined => {
    const variables = Object.values(content.Resources)
      .filter(({ Type }) => Type === "AWS::Lambda::Function")
      .flatMap(({ Properties }) => Object.entries(environment.parse(Properties).Environment.Variables));
    const found = variables.find(([name, value]) => Object.hasOwn(byVariable, name) && mentions(value, id));
    return found === undefined ? undefined : byVariable[found[0]];
  };
