import { expect, it } from "vitest";
import * as z from "zod";
import { folders, synthesised } from "./synthesised.ts";

const stack = synthesised("local");
const environment = z.object({ Variables: z.record(z.string(), z.unknown()) });

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  const { Ref } = z.object({ Ref: z.string() }).parse(value);
  return stack.parameters[Ref]?.Default ?? Ref;
};
const variablesOf = (folder: string) => {
  const { Variables } = environment.parse(stack.functions().get(folder)?.Properties.Environment);
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, textOf(value)]));
};
const schemaOf = async (folder: string) => {
  const name = `${folder.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Env`;
  const module: unknown = await import(`../../functions/${folder}/env.ts`);
  return z.object({ [name]: z.instanceof(z.ZodObject) }).parse(module)[name];
};

it.each(folders)("gives %s the environment that it asks for, and nothing beside it", async (folder) => {
  const schema = await schemaOf(folder);
  const variables = variablesOf(folder);

  expect(schema?.parse(variables)).toEqual(variables);
  expect(Object.keys(variables).sort()).toEqual(Object.keys(schema?.shape ?? {}).sort());
});

it("hands out names of secrets, never their values", () => {
  expect(stack.text).not.toMatch(/whsec_[A-Za-z0-9+/=]{4,}/);
  expect(stack.text).not.toContain('"SecretString"');
  expect(stack.text).not.toContain("resolve:secretsmanager");
});
