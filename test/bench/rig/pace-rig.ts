import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportWorkers } from "#infra/export-workers";
import { startWrites } from "#shared/exports/start-usage-export";
import { exportIdAt, findExport, isOver, type UsageExport } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import type { Task } from "#shared/outbox/outbox";
import { limiterKey } from "#shared/pace/table-slots";
import { callsPerSecond } from "#test/fakes/rate";
import type { GradientStats, Setting } from "../gradient/gradient-process.ts";
import { startAwsStub } from "./aws-stub.ts";
import { buildBundles } from "./bundles.ts";
import { type CoreShare, coresOf, limitCores } from "./core-share.ts";
import { awsEnvironment, benchDynamo, tableName } from "./dynamo.ts";
import { heapOf, type OtherProcess, otherProcess } from "./other-process.ts";
import { catalogueRows, integrationRow, partnerRows } from "./partner-rows.ts";

export interface Memory {
  peakBytes: number;
  /** One a second. */
  samples: number[];
}

export interface Worker {
  process: OtherProcess;
  /** What keeps it to its share of a core. */
  limitedBy: CoreShare["by"] | null;
  stop(): void;
  /** Carries several in one invocation, each to its end. */
  carryTogether(tasks: Task[]): Promise<void>;
  /** Carries the export to its end, with the messages that hand it over. */
  carry(task: Task): Promise<void>;
}

const sqsEvent = (...tasks: Task[]) => ({
  Records: tasks.map((task) => ({
    messageId: randomUUID(),
    body: JSON.stringify(task),
    attributes: { MessageGroupId: "group" },
  })),
});

/** A file that Node takes a certificate from when a process starts. */
const certificateFile = (cert: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "gradient-bench-cert-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "cert.pem");
  writeFileSync(file, cert);
  return file;
};

interface RigOptions {
  /** Gradient is called by TLS, as it really is: that takes processor time. */
  secure?: boolean;
}
interface WorkerOptions {
  folder?: string;
  /** As on Lambda: its share of a core, and the heap that V8 gives itself. Without it, as much as it can get. */
  memoryMb?: number;
}

/** A table, a Gradient and workers, each in a process of its own. */
export const paceRig = async ({ secure = false }: RigOptions = {}) => {
  const [dynamo, stub, bundles] = await Promise.all([benchDynamo(), startAwsStub(), buildBundles()]);
  const gradient = otherProcess(path.join(import.meta.dirname, "../gradient/gradient-process.ts"));
  const { url: gradientUrl, cert } = await gradient.ask<{ url: string; cert: string | null }>("listen", { secure });
  const trust = cert === null ? {} : { NODE_EXTRA_CA_CERTS: certificateFile(cert) };
  await dynamo.seed(catalogueRows());
  const { table } = dynamo;
  const find = async (task: Task): Promise<UsageExport> => {
    const found = task.kind === "export-usage" && (await findExport(table, task.partnerId, task.exportId));
    if (!found) throw new Error("The export is gone");
    return found;
  };

  const worker = async ({ folder = "export-usage", memoryMb }: WorkerOptions = {}): Promise<Worker> => {
    const env = {
      ...awsEnvironment(dynamo.url),
      ...trust,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: stub.url,
      TABLE_NAME: tableName,
      GRADIENT_BASE_URL: gradientUrl,
      VENDOR_KEY_SECRET: "bench/vendor-key",
      LIMITER_KEY: "vendor",
      CALLS_PER_SECOND: String(callsPerSecond),
    };
    // as it is deployed, where it has a memory that is to be measured
    const youngMb = memoryMb === undefined ? undefined : exportWorkers.youngMb;
    const process = otherProcess(bundles.workerProcess, { env, execArgv: heapOf(memoryMb ?? 256, youngMb) });
    await process.ask("load", bundles.of(folder));
    // after loading: Lambda has more to give while a function starts
    const limit = memoryMb === undefined ? undefined : limitCores(process.pid, coresOf(memoryMb));
    return {
      process,
      limitedBy: limit?.by ?? null,
      stop: () => {
        limit?.release();
        process.stop();
      },
      carryTogether: async (tasks) => {
        const { batchItemFailures } = await process.ask<{ batchItemFailures: unknown[] }>("invoke", sqsEvent(...tasks));
        if (batchItemFailures.length > 0) throw new Error("The worker failed");
        const runs = await Promise.all(tasks.map(find));
        if (!runs.every(isOver)) throw new Error("The worker has left an export");
      },
      carry: async (task) => {
        if (task.kind !== "export-usage") throw new Error("Only exports are carried");
        for (let { leg } = task; ; leg += 1) {
          const event = sqsEvent({ ...task, leg });
          const { batchItemFailures } = await process.ask<{ batchItemFailures: unknown[] }>("invoke", event);
          if (batchItemFailures.length > 0) throw new Error("The worker failed");
          // no relay runs here: the message that a hand-over owes is known by its leg
          const run = await find(task);
          if (isOver(run)) return;
          if (run.leg !== leg + 1) throw new Error("The worker has left the export");
        }
      },
    };
  };

  return {
    dynamo,
    gradientUrl,
    worker,
    set: (setting: Setting) => gradient.ask<void>("set", setting),
    stats: () => gradient.ask<GradientStats>("stats"),
    addPartner: (partnerId: string, lines: number) => dynamo.seed(partnerRows(partnerId, lines)),
    /** Starts an export of everything and answers its first message. */
    start: async (partnerId: string, trigger: "schedule" | "manual"): Promise<Task> => {
      const before = await findIntegration(table, partnerId);
      if (!before) throw new Error("There is no such partner");
      const now = new Date();
      const id = exportIdAt(now, randomUUID().slice(0, 8));
      const lane = trigger === "manual" ? "on-demand" : "scheduled";
      const by = { actor: "bench", actorName: "Bench", address: "127.0.0.1" };
      const { writes } = startWrites(
        before,
        // a schedule's run would send only what has changed, and be over at once in the second setting
        { id, kind: "all", trigger, lane, mode: "full", by },
        { at: now.toISOString(), newId: randomUUID },
      );
      await table.transact(writes);
      return { kind: "export-usage", lane, partnerId, exportId: id, leg: 0 };
    },
    /** Forgets a run that was left unfinished. */
    forgetRun: async (partnerId: string, ledgerBits: number) => {
      const row = integrationRow(partnerId);
      await table.put({ ...row, ledgerBits });
    },
    find,
    /** How many blocks of slots have been reserved so far. */
    reservations: async (): Promise<number> => (await table.get(limiterKey("vendor")))?.version ?? 0,
    close: async () => {
      gradient.stop();
      stub.close();
      await dynamo.close();
    },
  };
};

export type PaceRig = Awaited<ReturnType<typeof paceRig>>;
