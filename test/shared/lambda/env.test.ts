import { expect, it } from "vitest";
import * as z from "zod";
import { readEnv } from "#shared/lambda/env";

const schema = z.object({ TABLE_NAME: z.string().min(1), HUB_URL: z.url() });

it("reads what a function declares", () => {
  const variables = { TABLE_NAME: "table", HUB_URL: "https://hub.example", PATH: "/bin" };

  expect(readEnv(schema, variables)).toEqual({ TABLE_NAME: "table", HUB_URL: "https://hub.example" });
});

it("fails the cold start and names what is missing or wrong, without its value", () => {
  expect(() => readEnv(schema, { HUB_URL: "canary" })).toThrow(
    new Error("The function's environment lacks or misspells: TABLE_NAME, HUB_URL"),
  );
});
