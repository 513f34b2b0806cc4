import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildFunctions } from "#infra/build";

const run = promisify(execFile);
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "build-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const writeHandler = (folder: string, source: string) => {
  mkdirSync(path.join(scratch, "functions", folder), { recursive: true });
  writeFileSync(path.join(scratch, "functions", folder, "handler.ts"), source);
};
const build = () =>
  buildFunctions({ functionsDir: path.join(scratch, "functions"), outdir: path.join(scratch, "dist") });
/**
 * What an expression with the `handler` of put-one gives, in a process of its own: a bundle changes how stacks read.
 */
const printedBy = async (expression: string) => {
  const script = `const { handler } = await import(${JSON.stringify(bundle("put-one"))});
    process.stdout.write(${expression});`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout;
};
const bundle = (folder: string) => path.join(scratch, "dist", folder, "index.mjs");

it("leaves a bundle alone whose bytes are the same, and replaces one that changed", async () => {
  writeHandler("put-one", "export const handler = () => 1;");
  writeHandler("put-two", "export const handler = () => 2;");
  await build();
  const before = statSync(bundle("put-one")).ino;
  writeHandler("put-two", "export const handler = () => 22;");

  await build();

  expect(statSync(bundle("put-one")).ino).toBe(before);
  expect(readFileSync(bundle("put-two"), "utf8")).toContain("22");
  expect(readdirSync(path.join(scratch, "dist")).sort()).toEqual(["put-one", "put-two"]);
});

it("removes the bundle of a function that is gone, and what else would be deployed with one", async () => {
  writeHandler("put-one", "export const handler = () => 1;");
  writeHandler("put-two", "export const handler = () => 2;");
  await build();
  rmSync(path.join(scratch, "functions/put-two"), { recursive: true });
  writeFileSync(path.join(scratch, "dist/put-one/index.js"), "");

  await build();

  expect(readdirSync(path.join(scratch, "dist"))).toEqual(["put-one"]);
  expect(readdirSync(path.join(scratch, "dist/put-one")).sort()).toEqual(["index.mjs", "index.mjs.map"]);
});

it("refuses a function without a handler", async () => {
  writeHandler("put-one", "export const handle = () => 1;");

  await expect(build()).rejects.toThrow("functions/put-one/handler.ts does not export `handler`.");
});

it("refuses a folder without handler.ts", async () => {
  writeHandler("put-one", "export const handler = () => 1;");
  mkdirSync(path.join(scratch, "functions/put-two"));

  await expect(build()).rejects.toThrow("A function without handler.ts: put-two.");
});

it("takes node:http as it is, so that nothing of it is read before it is used", async () => {
  writeHandler(
    "put-one",
    'import { STATUS_CODES } from "node:http";\nimport https from "https";\nexport const handler = () => [STATUS_CODES[200], https.Agent.name];',
  );
  await build();

  expect(readFileSync(bundle("put-one"), "utf8")).not.toMatch(/from ?"(node:)?https?"/);
  expect(await printedBy("JSON.stringify(handler())")).toBe('["OK","Agent"]');
});

describe("a stack", () => {
  const source = `interface Many { a: number }

    export const failing = (many: Many) => {
      if (many.a > 1) throw new TypeError(\`there are \${many.a}\`);
    };`;
  const stackOf = async () =>
    (await printedBy("(() => { try { handler(); } catch ({ stack }) { return stack; } })()")).split("\n");

  beforeEach(async () => {
    writeHandler("put-one", 'import { failing } from "./failing.ts";\nexport const handler = () => failing({ a: 2 });');
    writeFileSync(path.join(scratch, "functions/put-one/failing.ts"), source);
    await build();
  });

  it("says in which line of the sources an error was thrown", async () => {
    const [what, ...places] = await stackOf();

    expect(what).toBe("TypeError: there are 2");
    expect(places[0]).toMatch(/functions\/put-one\/failing\.ts:4:29\)$/);
    expect(places[1]).toMatch(/functions\/put-one\/handler\.ts:2:30\)$/);
  });

  it("is a raw one where the map is missing", async () => {
    rmSync(`${bundle("put-one")}.map`);

    const [what, ...places] = await stackOf();

    expect(what).toBe("TypeError: there are 2");
    expect(places[0]).toContain(`${bundle("put-one")}:`);
  });
});
