import { randomUUID } from "node:crypto";
import { startUsageExports } from "#functions/start-usage-exports/start-usage-exports";
import { megabytes, oneDecimal, print, printTable } from "../report.ts";
import type { Bundles } from "../rig/bundles.ts";
import { awsEnvironment, type BenchDynamo, tableName } from "../rig/dynamo.ts";
import { otherProcess, smallHeap } from "../rig/other-process.ts";
import { integrationRow } from "../rig/partner-rows.ts";
import { countingTable } from "../units/counting-table.ts";

const dueAt = new Date(Date.now() - 600_000).toISOString();

function* duePartners(prefix: string, count: number) {
  for (let index = 0; index < count; index += 1) yield integrationRow(`${prefix}-${index}`, dueAt);
}

/** What one partner's start costs, counted over a few. */
const perPartner = async (dynamo: BenchDynamo) => {
  const count = 500;
  await dynamo.seed(duePartners("counted", count));
  const table = countingTable(dynamo.table);
  table.learn(duePartners("counted", count));
  const { started } = await startUsageExports({ table, now: () => new Date(), newId: randomUUID })({
    remainingMs: () => 300_000,
  });
  if (started !== count) throw new Error(`${started} of ${count} were started`);
  const { calls, write, read } = table.total();
  print(
    `\nFor one partner: ${oneDecimal(calls / count)} calls, ${oneDecimal(write / count)} write and ${oneDecimal(read / count)} read units.`,
  );
};

/** The hour at which everybody is due, by the built function. */
export const manyDuePartners = async (dynamo: BenchDynamo, bundles: Bundles, count: number) => {
  print(`\n### ${count} partners due in one hour\n`);
  await dynamo.seed(duePartners("org", count));
  const env = { ...awsEnvironment(dynamo.url), TABLE_NAME: tableName };
  const worker = otherProcess(bundles.workerProcess, { env, execArgv: smallHeap });
  await worker.ask("load", bundles.of("start-usage-exports"));
  const cpuBefore = await worker.ask<number>("cpuSeconds");
  const databaseBefore = dynamo.cpuSeconds();
  const startedAt = performance.now();
  let started = 0;
  let invocations = 0;
  for (let more = true; more && invocations < 10; invocations += 1) {
    const report = await worker.ask<{ started: number }>("invoke", {});
    started += report.started;
    more = started < count;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = (await worker.ask<number>("cpuSeconds")) - cpuBefore;
  const { peakBytes } = await worker.ask<{ peakBytes: number }>("memory");
  worker.stop();
  printTable(
    ["started", "invocations", "seconds", "own CPU s", "the database's CPU s", "peak MB"],
    [
      [
        started,
        invocations,
        oneDecimal(seconds),
        oneDecimal(cpu),
        oneDecimal(dynamo.cpuSeconds() - databaseBefore),
        megabytes(peakBytes),
      ],
    ],
  );
  await perPartner(dynamo);
};
