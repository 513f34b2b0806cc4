import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildFunctions } from "#infra/build";

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

it("removes the bundle of a function that is gone", async () => {
  writeHandler("put-one", "export const handler = () => 1;");
  writeHandler("put-two", "export const handler = () => 2;");
  await build();
  rmSync(path.join(scratch, "functions/put-two"), { recursive: true });

  await build();

  expect(readdirSync(path.join(scratch, "dist"))).toEqual(["put-one"]);
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
  const { handler } = (await import(bundle("put-one"))) as { handler: () => unknown };

  expect(readFileSync(bundle("put-one"), "utf8")).not.toMatch(/from ?"(node:)?https?"/);
  expect(handler()).toEqual(["OK", "Agent"]);
});
