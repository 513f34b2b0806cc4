import { expect, it } from "vitest";
import * as z from "zod";
import { exportWorkers } from "#infra/export-workers";
import { callsPerSecond } from "#test/fakes/rate";
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
/** Loads the function's own handler with this environment; answers which of its variables it has looked at. */
const readWhileLoading = async (folder: string, variables: Record<string, string>): Promise<Set<string>> => {
  const read = new Set<string>();
  const { env } = process;
  process.env = new Proxy(variables, {
    get: (target, name) => {
      read.add(String(name));
      return Reflect.get(target, name);
    },
  });
  try {
    await import(`../../functions/${folder}/handler.ts`);
  } finally {
    process.env = env;
  }
  return read;
};

// not by the handler
const readByNode = "NODE_OPTIONS";

it.each(folders)("gives %s the environment that it asks for, and nothing beside it", async (folder) => {
  const variables = variablesOf(folder);

  // whoever misses a variable, or is given a wrong one, does not load
  const read = await readWhileLoading(folder, variables);

  expect(Object.keys(variables).filter((name) => !read.has(name) && name !== readByNode)).toEqual([]);
});

it("gives the worker of exports room for its young objects", () => {
  expect(variablesOf("export-usage")).toMatchObject({ [readByNode]: `--max-semi-space-size=${exportWorkers.youngMb}` });
});

it("has everybody send at the rate that the tests and benches go at, which bears 52 ms of jitter", () => {
  for (const folder of ["export-usage", "sync-accounts", "close-connection"]) {
    expect(variablesOf(folder).CALLS_PER_SECOND).toBe(String(callsPerSecond));
  }
  expect(callsPerSecond * (1 + 0.052)).toBeLessThanOrEqual(100);
});

it("hands out names of secrets, never their values", () => {
  expect(stack.text).not.toMatch(/whsec_[A-Za-z0-9+/=]{4,}/);
  expect(stack.text).not.toContain('"SecretString"');
  expect(stack.text).not.toContain("resolve:secretsmanager");
});
