import { existsSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { sourceFiles, textOf } from "./imports.ts";

const root = path.resolve(import.meta.dirname, "../..");

it("has the tests of a folder in the folder of the same name", () => {
  const mirrored = sourceFiles().flatMap((file) => /^test\/((functions|shared|local)(\/.+)?)\//.exec(file)?.[1] ?? []);
  expect(mirrored.length).toBeGreaterThan(100);
  expect([...new Set(mirrored)].filter((folder) => !existsSync(path.join(root, folder)))).toEqual([]);
});

const columns = 120;
// a string may be as long as it has to be, and so may the code around it: the formatter sees to code
const isComment = (line: string) => /^\s*(\/\/|\/\*|\*)|\s\/\/ [^"'`]*$/.test(line);

it("has comments of at most 120 columns", () => {
  const wide = sourceFiles().flatMap((file) =>
    textOf(file)
      .split("\n")
      .flatMap((line, at) => (line.length > columns && isComment(line) ? [`${file}:${at + 1}`] : [])),
  );
  expect(wide).toEqual([]);
});
