import { randomUUID } from "node:crypto";
import path from "node:path";
import { accountWorker } from "#infra/account-worker";
import { showCustomers, toCustomerItem } from "#shared/customers/customer";
import { findIntegration, integrationWrite } from "#shared/integrations/integration";
import { askedFor } from "#shared/integrations/record/looks";
import type { GradientEnv } from "#shared/lambda/gradient-env";
import type { Item } from "#shared/table/table";
import { collidingNames } from "#test/builders/colliding-names";
import { seededRandom } from "#test/builders/seeded-random";
import { callsPerSecond } from "#test/fakes/rate";
import { megabytes, oneDecimal, print, printTable } from "../report.ts";
import { startAwsStub } from "../rig/aws-stub.ts";
import type { Bundles } from "../rig/bundles.ts";
import { coresOf, limitCores } from "../rig/core-share.ts";
import { awsEnvironment, type BenchDynamo, tableName } from "../rig/dynamo.ts";
import { heapOf, otherProcess } from "../rig/other-process.ts";
import { catalogueRows, partnerRows, serviceIds } from "../rig/partner-rows.ts";

const { memoryMb, timeoutSeconds } = accountWorker;

/** Customers whom Gradient has not heard of; `names` instead of ordinary ones. */
function* newcomers(partnerId: string, count: number, names?: string[]): Generator<Item> {
  let index = 0;
  for (const row of partnerRows(partnerId, count * serviceIds.length)) {
    if (!String(row.sk).startsWith("customer#")) yield row;
    else {
      yield { ...row, isMapped: null, ...(names ? { name: names[index] } : {}) };
      index += 1;
    }
  }
}

const askForLook = async ({ table }: BenchDynamo, partnerId: string) => {
  const before = await findIntegration(table, partnerId);
  if (!before) throw new Error("There is no such partner");
  const at = new Date().toISOString();
  // no look is made while a run is under way for its counts, and nobody carries one here
  const looks = askedFor(before.looks, { at });
  await table.transact([integrationWrite({ ...before, currentExportId: null, looks })]);
};

/** The hub renames everybody. */
const renameAll = async ({ table, seed }: BenchDynamo, partnerId: string) => {
  const customers = await showCustomers(table, partnerId);
  await seed(customers.map((one) => toCustomerItem({ ...one, name: `${one.name} Group`, version: one.version + 1 })));
};

/**
 * The built `sync-accounts`, with its memory's share of a core: a partner's customers come to Gradient in one go, are
 * looked at again, and are all renamed.
 */
export const manyAccounts = async (dynamo: BenchDynamo, bundles: Bundles, sizes: number[]) => {
  const gradient = otherProcess(path.join(import.meta.dirname, "../gradient/accounts-process.ts"));
  const stub = await startAwsStub();
  const gradientEnv: GradientEnv = {
    TABLE_NAME: tableName,
    GRADIENT_BASE_URL: await gradient.ask<string>("listen"),
    VENDOR_KEY_SECRET: "bench/vendor-key",
    LIMITER_KEY: "vendor",
    CALLS_PER_SECOND: String(callsPerSecond),
  };
  const env = { ...awsEnvironment(dynamo.url), AWS_ENDPOINT_URL_SECRETS_MANAGER: stub.url, ...gradientEnv };
  await dynamo.seed(catalogueRows());
  const rows: (string | number)[][] = [];
  let limitedBy = "";

  const play = async (customers: number, kind: string, names?: string[]) => {
    const partnerId = `org-${kind}-${customers}`;
    await gradient.ask("forget");
    await dynamo.seed(newcomers(partnerId, customers, names));
    const worker = otherProcess(bundles.workerProcess, { env, execArgv: heapOf(memoryMb) });
    await worker.ask("load", bundles.of("sync-accounts"));
    const limit = limitCores(worker.pid, coresOf(memoryMb));
    limitedBy = limit.by;
    const look = async (what: string) => {
      await askForLook(dynamo, partnerId);
      await gradient.ask("stats");
      const cpuBefore = await worker.ask<number>("cpuSeconds");
      const startedAt = performance.now();
      const body = JSON.stringify({ kind: "sync-accounts", partnerId, reason: "feed" });
      const { batchItemFailures } = await worker.ask<{ batchItemFailures: unknown[] }>("invoke", {
        Records: [{ messageId: randomUUID(), body, attributes: { MessageGroupId: partnerId } }],
      });
      const seconds = (performance.now() - startedAt) / 1000;
      const cpu = (await worker.ask<number>("cpuSeconds")) - cpuBefore;
      const { peakBytes } = await worker.ask<{ peakBytes: number }>("memory");
      const { accounts, calls } = await gradient.ask<{ accounts: number; calls: number }>("stats");
      const after = await findIntegration(dynamo.table, partnerId);
      const isOver = after !== undefined && after.looks.met === after.looks.asked;
      if (seconds > timeoutSeconds) throw new Error(`${what}: ${seconds} s are more than its time-out`);
      if (batchItemFailures.length > 0 || !isOver || accounts !== customers)
        throw new Error(`${what}: the look failed`);
      rows.push([customers, kind, what, oneDecimal(seconds), oneDecimal(cpu), calls, megabytes(peakBytes)]);
    };
    await look("all created");
    await look("all seen there");
    await look("nothing new");
    await renameAll(dynamo, partnerId);
    await look("all renamed");
    limit.release();
    worker.stop();
  };

  await play(2_000, "colliding", collidingNames(2_000, seededRandom(182)));
  for (const customers of sizes) await play(customers, "ordinary");
  gradient.stop();
  stub.close();
  print(`\n### A partner's customers in one go, ${memoryMb} MB (limited by ${limitedBy})\n`);
  printTable(["customers", "names", "a look with", "seconds", "own CPU s", "calls to Gradient", "peak MB"], rows);
};
