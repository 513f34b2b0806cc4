import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allMutants, patchedFiles } from "./all-mutants.ts";

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), "utf8");

describe("the guards that npm run mutants takes out", () => {
  it("stand where the list says: who changes one changes the list", () => {
    const lost = allMutants.filter((mutant) => patchedFiles(mutant, read) === undefined).map(({ name }) => name);

    expect(lost).toEqual([]);
  });

  it("each have a name of their own", () => {
    const names = allMutants.map(({ name }) => name);

    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
