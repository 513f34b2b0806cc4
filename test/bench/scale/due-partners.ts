import { randomUUID } from "node:crypto";
import { breakerKeeper } from "#shared/breakers/keeper";
import { readAdmission } from "#shared/exports/admission/admission";
import { admitNext } from "#shared/exports/admission/admit";
import { newHold } from "#shared/exports/export-lease";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import { systemClock } from "#shared/pace/system-clock";
import { callsPerSecond } from "#test/fakes/rate";
import { megabytes, oneDecimal, print, printTable } from "../report.ts";
import type { Bundles } from "../rig/bundles.ts";
import { awsEnvironment, type BenchDynamo, tableName } from "../rig/dynamo.ts";
import { otherProcess, smallHeap } from "../rig/other-process.ts";
import { integrationRow } from "../rig/partner-rows.ts";
import { countingTable } from "../units/counting-table.ts";

const dueAt = new Date(Date.now() - 600_000).toISOString();

function* duePartners(count: number) {
  for (let index = 0; index < count; index += 1) yield integrationRow(`org-${index}`, dueAt);
}

const never = () => Promise.reject(new Error("Nothing is refused here"));

/** What one partner's admission costs, counted over a few; the places are free again at once, as with short runs. */
const perPartner = async (dynamo: BenchDynamo) => {
  const count = 250;
  const ended = new Set((await readAdmission(dynamo.table)).places.map(({ exportId }) => exportId));
  const ways = {
    "by a worker with room": () => newHold("bench", systemClock.now()),
    "by the job, with a message": () => null,
  };
  const rows: (string | number)[][] = [];
  for (const [way, lease] of Object.entries(ways)) {
    const table = countingTable(dynamo.table);
    const { refusals } = breakerKeeper({
      table,
      clock: systemClock,
      newId: randomUUID,
      vault: { read: never },
      vendorKey: { current: never, forget: () => undefined },
      gradientWith: () => ({ readConnection: never }),
    });
    const { obstacleFor } = refusals;
    const admit = admitNext({ table, now: () => new Date(), newId: randomUUID, obstacleFor });
    for (let admitted = 0; admitted < count; admitted += 1) {
      const next = await admit(lease(), { ended });
      if (!next) throw new Error(`${admitted} of ${count} were admitted`);
      ended.add(next.exportId);
    }
    const { calls, write, read } = table.total();
    rows.push([way, oneDecimal(calls / count), oneDecimal(write / count), oneDecimal(read / count)]);
  }
  print("\nFor one partner:\n");
  printTable(["admitted", "calls", "write units", "read units"], rows);
};

/** The job of each minute, by the built function, while everybody is due: it wakes a worker, and counts who waits. */
export const manyDuePartners = async (dynamo: BenchDynamo, bundles: Bundles, count: number) => {
  print(`\n### ${count} partners due in one hour\n`);
  await dynamo.seed(duePartners(count));
  const gradient: GradientEnv = {
    TABLE_NAME: tableName,
    // nobody is called: no breaker is open
    GRADIENT_BASE_URL: "http://127.0.0.1:9/api",
    VENDOR_KEY_SECRET: "bench/vendor-key",
    LIMITER_KEY: "vendor",
    CALLS_PER_SECOND: String(callsPerSecond),
  };
  const env = { ...awsEnvironment(dynamo.url), ...gradient };
  const worker = otherProcess(bundles.workerProcess, { env, execArgv: smallHeap });
  await worker.ask("load", bundles.of("admit-exports"));
  const rows: (string | number)[][] = [];
  for (const minute of ["the first", "the second"]) {
    const cpuBefore = await worker.ask<number>("cpuSeconds");
    const databaseBefore = dynamo.cpuSeconds();
    const startedAt = performance.now();
    const { admitted, waiting } = await worker.ask<{ admitted: number; waiting: number }>("invoke", {});
    if (admitted + waiting === 0) throw new Error("Nobody was due");
    const seconds = (performance.now() - startedAt) / 1000;
    const cpu = (await worker.ask<number>("cpuSeconds")) - cpuBefore;
    const { peakBytes } = await worker.ask<{ peakBytes: number }>("memory");
    const database = dynamo.cpuSeconds() - databaseBefore;
    rows.push([
      minute,
      admitted,
      waiting,
      oneDecimal(seconds),
      oneDecimal(cpu),
      oneDecimal(database),
      megabytes(peakBytes),
    ]);
  }
  worker.stop();
  printTable(["minute", "admitted", "waiting", "seconds", "own CPU s", "the database's CPU s", "peak MB"], rows);
  await perPartner(dynamo);
};
