import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");
const refused = [
  ["functions/put-thing/handler.ts", "../put-other/put-other.ts"],
  ["functions/put-thing/handler.ts", "#functions/put-other/put-other"],
  ["functions/put-thing/handler.ts", "#infra/stages"],
  ["functions/put-thing/handler.ts", "#local/start"],
  ["functions/put-thing/handler.ts", "#test/fakes/in-memory-table"],
  ["functions/put-thing/endpoint.ts", "@aws-sdk/client-sqs"],
  ["functions/put-thing/endpoint.ts", "#shared/table/dynamo-table"],
  ["functions/put-thing/worker.ts", "#shared/gradient/gradient-client"],
  ["functions/put-thing/job.ts", "@middy/core"],
  ["functions/put-thing/env.ts", "@aws-sdk/client-dynamodb"],
  ["functions/put-thing/put-thing.ts", "@aws-sdk/client-dynamodb"],
  ["functions/put-thing/put-thing.ts", "aws-lambda"],
  ["functions/put-thing/put-thing.ts", "@middy/core"],
  ["functions/put-thing/put-thing.ts", "#shared/lambda/http-endpoint"],
  ["functions/put-thing/put-thing.ts", "#shared/mail/ses-mailer"],
  ["functions/put-thing/put-thing.ts", "#shared/table/table-client"],
  ["shared/partners/partner.ts", "@aws-sdk/client-dynamodb"],
  ["shared/partners/partner.ts", "../table/dynamo-table.ts"],
  ["shared/partners/partner.ts", "#shared/table/dynamo-table"],
  ["shared/partners/partner.ts", "../lambda/http-endpoint.ts"],
  ["shared/partners/partner.ts", "#functions/put-thing/put-thing"],
  ["shared/partners/partner.ts", "../../local/start.ts"],
  ["shared/mail/ses-mailer.ts", "../table/dynamo-table.ts"],
  ["shared/mail/ses-mailer.ts", "aws-lambda"],
  ["shared/lambda/http-endpoint.ts", "../partners/partner.ts"],
  ["shared/lambda/http-endpoint.ts", "#shared/partners/partner"],
  ["shared/lambda/http-endpoint.ts", "@aws-sdk/client-sqs"],
  ["shared/errors.ts", "./partners/partner.ts"],
  ["infra/constructs/storage.ts", "#functions/put-thing/put-thing"],
  ["infra/constructs/storage.ts", "#shared/partners/partner"],
  ["infra/constructs/storage.ts", "../../shared/partners/partner.ts"],
  ["local/start.ts", "#test/fakes/in-memory-table"],
] as const;
const welcome = [
  ["functions/put-thing/handler.ts", "@aws-sdk/client-dynamodb"],
  ["functions/put-thing/handler.ts", "#shared/table/table-client"],
  ["functions/put-thing/handler.ts", "./endpoint.ts"],
  ["functions/put-thing/endpoint.ts", "#shared/lambda/http-endpoint"],
  ["functions/put-thing/endpoint.ts", "./put-thing.ts"],
  ["functions/put-thing/put-thing.ts", "#shared/partners/partner"],
  ["functions/put-thing/put-thing.ts", "#shared/gradient/gradient-api"],
  ["functions/put-thing/env.ts", "#shared/lambda/table-env"],
  ["shared/partners/partner.ts", "../table/table.ts"],
  ["shared/mail/ses-mailer.ts", "@aws-sdk/client-ses"],
  ["shared/mail/ses-mailer.ts", "./mailer.ts"],
  ["shared/lambda/http-endpoint.ts", "@middy/core"],
  ["shared/lambda/http-endpoint.ts", "../errors.ts"],
  ["shared/lambda/gradient-env.ts", "./table-env.ts"],
  ["infra/constructs/storage.ts", "#functions/put-thing/env"],
  ["infra/constructs/storage.ts", "#shared/lambda/gradient-env"],
  ["infra/constructs/storage.ts", "#infra/stages"],
  ["test/unit/partner.test.ts", "#functions/put-thing/put-thing"],
  ["local/start.ts", "#shared/partners/partner"],
] as const;

const tree = mkdtempSync(path.join(tmpdir(), "layers-"));
afterAll(() => rmSync(tree, { recursive: true }));

const report = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }) }),
  ),
});
let complaints: Set<string>;

const importsByFile = (): Map<string, string[]> => {
  const byFile = new Map<string, string[]>();
  for (const [file, source] of [...refused, ...welcome]) byFile.set(file, [...(byFile.get(file) ?? []), source]);
  return byFile;
};

// one tree of files that only import, and one run of Biome over it with the repository's own rules
beforeAll(() => {
  const byFile = importsByFile();
  for (const [file, sources] of byFile) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), sources.map((source) => `import "${source}";\n`).join(""));
  }
  // Biome takes the patterns of its overrides from where its configuration lies
  cpSync(path.join(root, "biome.json"), path.join(tree, "biome.json"));
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", "--vcs-enabled=false"];
  const { stdout } = runBiome([...args, "--only=style/noRestrictedImports", "."]);
  const { diagnostics } = report.parse(JSON.parse(stdout));
  complaints = new Set(
    diagnostics.map(({ location }) => `${location.path} ${byFile.get(location.path)?.[location.start.line - 1]}`),
  );
});

const runBiome = (args: string[]): { stdout: string } => {
  try {
    const biome = path.join(root, "node_modules/@biomejs/cli-linux-x64/biome");
    return { stdout: execFileSync(biome, args, { cwd: tree, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }) };
  } catch (error) {
    return error as { stdout: string };
  }
};

it.each(refused)("refuses that %s imports %s", (file, source) => {
  expect(complaints).toContain(`${file} ${source}`);
});

it.each(welcome)("lets %s import %s", (file, source) => {
  expect(complaints).not.toContain(`${file} ${source}`);
});
