import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { buildFunctions, type FunctionBundle } from "#infra/build";
import { withoutRegions } from "#infra/bundling/left-out";
import { folders, root } from "./synthesised.ts";

const run = promisify(execFile);
const outdir = mkdtempSync(path.join(tmpdir(), "functions-"));
afterAll(() => rmSync(outdir, { recursive: true }));

let bundles: Map<string, FunctionBundle>;
beforeAll(async () => {
  bundles = new Map((await buildFunctions({ outdir })).map((bundle) => [bundle.folder, bundle]));
});

const bundleOf = (folder: string) => path.join(outdir, folder, "index.mjs");
/** A door that people wait at is small; one that calls Gradient has more in it, and a worker has the time to load. */
const maxBytesOf = (folder: string): number => {
  if (!answersHttp(folder)) return 380_000;
  // it calls Gradient, stops runs, asks the breakers about a token, and answers with the integration and its problems
  return folder === "register-token" ? 340_500 : 301_000;
};
const answersHttp = (folder: string) => existsSync(path.join(root, "functions", folder, "endpoint.ts"));

// any values that the functions' schemas take: a bundle reads its environment while it is loaded
const environment = {
  TABLE_NAME: "table",
  TOKEN_POLICY_DAYS: "180",
  GRADIENT_BASE_URL: "https://gradient.example/api",
  VENDOR_KEY_SECRET: "vendor-key",
  PARTNER_SECRET_PREFIX: "partner/",
  LIMITER_KEY: "vendor",
  CALLS_PER_SECOND: "95",
  TOKEN_HASH_KEY_SECRET: "token-hash-key",
  WEBHOOK_KEYS_SECRET: "webhook-keys",
  MAIL_FROM: "billing@hub.example",
  HUB_URL: "https://hub.example",
  ACCOUNTS_QUEUE_URL: "https://sqs.example/accounts",
  MAIL_QUEUE_URL: "https://sqs.example/mail",
  CATALOGUE_QUEUE_URL: "https://sqs.example/catalogue",
  ON_DEMAND_EXPORTS_QUEUE_URL: "https://sqs.example/on-demand",
  SCHEDULED_EXPORTS_QUEUE_URL: "https://sqs.example/scheduled",
  DISCONNECTS_QUEUE_URL: "https://sqs.example/disconnects",
  AWS_REGION: "eu-central-1",
};
const aws = z.object({
  partitionsInfo: z.object({
    partitions: z.array(
      z.object({
        id: z.string(),
        outputs: z.record(z.string(), z.unknown()),
        regionRegex: z.string(),
        regions: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
});
const loaded = z.object({ handler: z.string(), undici: z.array(z.string()) });
const load = async (folder: string) => {
  const script = `const { handler } = await import(${JSON.stringify(bundleOf(folder))});
    const undici = process.moduleLoadList.filter((name) => name.includes("undici"));
    process.stdout.write(JSON.stringify({ handler: typeof handler, undici }));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { env: environment });
  return loaded.parse(JSON.parse(stdout));
};

describe.each(folders)("%s", (folder) => {
  it("keeps to its budget of bytes", () => {
    const bytes = readFileSync(bundleOf(folder));

    expect(bytes.byteLength).toBeLessThanOrEqual(maxBytesOf(folder));
    if (maxBytesOf(folder) === 301_000) expect(gzipSync(bytes).byteLength).toBeLessThanOrEqual(100_700);
  });

  it("holds nothing of the local system, the tests or the stack", () => {
    const foreign = bundles.get(folder)?.sources.filter((source) => /^(local|test|infra)\//.test(source));

    expect(foreign?.sort()).toEqual(["infra/bundling/environment-credentials.ts", "infra/bundling/readable-stacks.ts"]);
  });

  it("loads with its environment alone, and without undici", async () => {
    expect(await load(folder)).toEqual({ handler: "function", undici: [] });
  });
});

it("logs of an unexpected error where in the sources it was thrown", async () => {
  const script = `const { handler } = await import(${JSON.stringify(bundleOf("export-usage"))});
    await handler({ Records: [{ messageId: "m", body: "{", attributes: {} }] }, { getRemainingTimeInMillis: () => 0 });`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { env: environment });
  const { stack } = z.object({ stack: z.string() }).parse(JSON.parse(stdout.split("\n")[0] ?? ""));

  expect(stack).toMatch(/^Error: The message is not JSON\./);
  expect(stack).toMatch(/ \(\S*shared\/lambda\/queue-worker\.ts:\d+:\d+\)$/m);
});

it("leaves out no region that its partition's pattern does not tell", async () => {
  const file = "node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";
  const source = readFileSync(path.join(root, file), "utf8");
  const partitions = async (text: string) => {
    const module: unknown = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    return aws.parse(module).partitionsInfo.partitions;
  };

  const whole = await partitions(source);
  expect(whole.flatMap(({ regions }) => Object.keys(regions)).length).toBeGreaterThan(30);
  for (const { id, regions, regionRegex } of whole) {
    const real = Object.keys(regions).filter((region) => !region.endsWith("-global"));
    expect([id, real.filter((region) => !new RegExp(regionRegex).test(region))]).toEqual([id, []]);
  }
  const shown = (some: typeof whole) => some.map(({ id, outputs, regionRegex }) => ({ id, outputs, regionRegex }));
  const lean = await partitions(withoutRegions(source));
  expect(shown(lean)).toEqual(shown(whole));
  expect(lean.flatMap(({ regions }) => Object.keys(regions))).toEqual([]);
});

it("gives the same bytes from the same sources", async () => {
  const files = folders.flatMap((folder) => [`${folder}/index.mjs`, `${folder}/index.mjs.map`]);
  const before = files.map((file) => readFileSync(path.join(outdir, file)));
  const again = mkdtempSync(path.join(tmpdir(), "again-"));
  await buildFunctions({ outdir: again });

  for (const [index, file] of files.entries()) {
    expect(readFileSync(path.join(again, file)).equals(before[index] ?? Buffer.of())).toBe(true);
  }
  rmSync(again, { recursive: true });
});
