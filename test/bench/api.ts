import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";
import { aFeedEvent, anHttpEvent, type HttpCall } from "#test/builders/http-event";
import { signWebhook, webhookSecret } from "#test/builders/signed-webhook";
import { callsPerSecond } from "#test/fakes/rate";
import { type Measured, measuredCalls, prepared } from "./api/calls.ts";
import { memories } from "./api/memory.ts";
import { type BenchPartner, benchPartner } from "./api/partners.ts";
import { machine, megabytes, print, printTable } from "./report.ts";
import { startAwsStub } from "./rig/aws-stub.ts";
import { buildBundles } from "./rig/bundles.ts";
import { coresOf, limitCores } from "./rig/core-share.ts";
import { awsEnvironment, benchDynamo, tableName } from "./rig/dynamo.ts";
import { startGradientStub } from "./rig/gradient-stub.ts";
import { heapOf, otherProcess } from "./rig/other-process.ts";
import { catalogueRows } from "./rig/partner-rows.ts";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, rounds: { type: "string" }, only: { type: "string" }, mb: { type: "string" } },
});
const rounds = Number(options.rounds ?? (options.quick ? 5 : 40));
// one that is far too slow need not be called forty times to show it
const enoughMs = 20_000;
const maxBytes = 5_000_000;
const answer = z.object({ statusCode: z.number(), body: z.string().default("") });

print(`## bench:api ${options.quick ? "--quick " : ""}(${machine()})\n`);
const bundles = await buildBundles();
const memoryOf = memories(bundles.functions);
const webhookKeys = "bench/webhook-keys";
const [dynamo, aws, gradient] = await Promise.all([
  benchDynamo(),
  startAwsStub({ [webhookKeys]: JSON.stringify([webhookSecret]) }),
  startGradientStub(),
]);
await dynamo.seed(catalogueRows());
const large = options.quick ? 10_000 : 100_000;
const partners = [
  await benchPartner(dynamo, bundles, { partnerId: "org-small", lines: 200, events: 200 }),
  await benchPartner(dynamo, bundles, { partnerId: "org-large", lines: large, events: 6_000 }),
];

/** What any of the functions reads. */
const environment = {
  ...awsEnvironment(dynamo.url),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
  TABLE_NAME: tableName,
  GRADIENT_BASE_URL: gradient.url,
  VENDOR_KEY_SECRET: "bench/vendor-key",
  PARTNER_SECRET_PREFIX: "bench/partner/",
  TOKEN_HASH_KEY_SECRET: "bench/hash-key",
  WEBHOOK_KEYS_SECRET: webhookKeys,
  LIMITER_KEY: "vendor",
  CALLS_PER_SECOND: String(callsPerSecond),
  LOG_LEVEL: "ERROR",
};

/** A function in a process of its own, with the share of a core that Lambda gives to its memory. */
const started = async (folder: string) => {
  const memoryMb = Number(options.mb ?? memoryOf.get(folder) ?? 256);
  const child = otherProcess(bundles.workerProcess, { env: environment, execArgv: heapOf(memoryMb) });
  await child.ask("load", bundles.of(folder));
  const { release } = limitCores(child.pid, coresOf(memoryMb));
  const stop = () => {
    release();
    child.stop();
  };
  return { ...child, memoryMb, stop };
};

const eventOf = ({ routeKey, ...call }: HttpCall, partnerId: string) => {
  if (routeKey.includes("/v1/hub/")) return aFeedEvent({ routeKey, ...call });
  if (!routeKey.includes("/v1/webhooks/")) return anHttpEvent({ routeKey, ...call, person: { org_id: partnerId } });
  const body = JSON.stringify(call.body);
  const headers = signWebhook({ id: randomUUID(), sentAt: new Date(), body, keys: [webhookSecret] });
  return anHttpEvent({ routeKey, body, headers });
};

/** What the kernel counts from the start of a program on; Node's own count begins with its parent's. */
const peakBytesOf = (pid: number): number =>
  1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

const quantile = (sorted: number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

const failures: string[] = [];
const rows: (string | number)[][] = [];

const measure = async (measured: Measured, partner: BenchPartner): Promise<void> => {
  const { name, folder, maxMs = 1_000 } = measured;
  const { partnerId } = partner;
  const child = await started(folder);
  const times: number[] = [];
  let bytes = 0;
  try {
    let cpuBefore = 0;
    for (let round = 0; round < rounds && times.reduce((sum, ms) => sum + ms, 0) < enoughMs; round += 1) {
      const event = eventOf(await prepared(dynamo.table, measured, partner, round), partnerId);
      if (round === 1) cpuBefore = await child.ask<number>("cpuSeconds");
      const from = performance.now();
      const { statusCode, body } = answer.parse(await child.ask("invoke", event));
      times.push(performance.now() - from);
      bytes = Math.max(bytes, Buffer.byteLength(body));
      if (statusCode >= 300) throw new Error(`${name} of ${partnerId} answered ${statusCode} ${body.slice(0, 300)}`);
    }
    const cpuSeconds = (await child.ask<number>("cpuSeconds")) - cpuBefore;
    const peakBytes = peakBytesOf(child.pid);
    // the first call of a process also opens its connection and compiles what it runs
    const [first = 0, ...later] = times;
    const cpuMs = (cpuSeconds * 1000) / Math.max(1, later.length);
    const sorted = later.toSorted((a, b) => a - b);
    const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
    if (p99 > maxMs) failures.push(`${name} of ${partnerId}: p99 is ${p99.toFixed(0)} ms, more than ${maxMs}.`);
    if (bytes > maxBytes) failures.push(`${name} of ${partnerId} answers ${bytes} bytes.`);
    const cells = [first, p50, p99, cpuMs].map((ms) => ms.toFixed(0));
    rows.push([name, partnerId.slice(4), child.memoryMb, ...cells, (bytes / 1000).toFixed(1), megabytes(peakBytes)]);
    process.stderr.write(`${rows.at(-1)?.join(" ")}\n`);
  } catch (error) {
    failures.push(error instanceof Error ? error.message : `${name} failed`);
  } finally {
    child.stop();
  }
};

const bare: Measured = { name: "a bare handler that reads one row", folder: "bare-read", routeKey: "GET /" };
const chosen = measuredCalls.filter(({ name }) => options.only?.split(",").some((part) => name.includes(part)) ?? true);
for (const call of [bare, ...chosen]) for (const partner of partners) await measure(call, partner);
printTable(["route", "partner", "MB", "first ms", "p50 ms", "p99 ms", "own CPU ms", "kB", "peak MB"], rows);
for (const failure of failures) print(`\nMissed: ${failure}`);
gradient.close();
aws.close();
await dynamo.close();
process.exit(failures.length === 0 ? 0 : 1);
