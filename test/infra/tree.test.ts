import { existsSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { sourceFiles } from "./imports.ts";

const root = path.resolve(import.meta.dirname, "../..");

it("has the tests of a folder in the folder of the same name", () => {
  const mirrored = sourceFiles().flatMap((file) => /^test\/((functions|shared|local)(\/.+)?)\//.exec(file)?.[1] ?? []);
  expect(mirrored.length).toBeGreaterThan(100);
  expect([...new Set(mirrored)].filter((folder) => !existsSync(path.join(root, folder)))).toEqual([]);
});
