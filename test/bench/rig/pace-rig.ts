import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport, type UsageExport } from "#shared/exports/usage-export";
import type { Task } from "#shared/outbox/outbox";
import { limiterKey } from "#shared/pace/table-slots";
import { callsPerSecond } from "#test/fakes/rate";
import type { GradientStats, Setting } from "../gradient/gradient-process.ts";
import { startAwsStub } from "./aws-stub.ts";
import { buildBundles } from "./bundles.ts";
import { awsEnvironment, benchDynamo, tableName } from "./dynamo.ts";
import { type OtherProcess, otherProcess, smallHeap } from "./other-process.ts";
import { catalogueRows, integrationRow, partnerRows } from "./partner-rows.ts";

export interface Memory {
  peakBytes: number;
  /** One a second. */
  samples: number[];
}

export interface Worker {
  process: OtherProcess;
  /** Carries the export to its end, with the messages that hand it over. */
  carry(task: Task): Promise<void>;
}

const sqsEvent = (task: Task) => ({
  Records: [{ messageId: randomUUID(), body: JSON.stringify(task), attributes: { MessageGroupId: "group" } }],
});

/** A table, a Gradient and workers, each in a process of its own. */
export const paceRig = async () => {
  const [dynamo, stub, bundles] = await Promise.all([benchDynamo(), startAwsStub(), buildBundles()]);
  const gradient = otherProcess(path.join(import.meta.dirname, "../gradient/gradient-process.ts"));
  const { port } = await gradient.ask<AddressInfo>("listen");
  const gradientUrl = `http://127.0.0.1:${port}/api`;
  await dynamo.seed(catalogueRows());
  const { table } = dynamo;
  const handedOver = new Map<string, string>();
  stub.onMessage = (body) => {
    const { exportId } = JSON.parse(body);
    handedOver.set(exportId, body);
  };

  const worker = async (folder = "export-usage"): Promise<Worker> => {
    const env = {
      ...awsEnvironment(dynamo.url),
      AWS_ENDPOINT_URL_SQS: stub.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: stub.url,
      TABLE_NAME: tableName,
      GRADIENT_BASE_URL: gradientUrl,
      VENDOR_KEY_SECRET: "bench/vendor-key",
      LIMITER_KEY: "vendor",
      CALLS_PER_SECOND: String(callsPerSecond),
      ON_DEMAND_EXPORTS_QUEUE_URL: `${stub.url}/on-demand.fifo`,
      SCHEDULED_EXPORTS_QUEUE_URL: `${stub.url}/scheduled.fifo`,
    };
    const process = otherProcess(bundles.workerProcess, { env, execArgv: smallHeap });
    await process.ask("load", bundles.of(folder));
    return {
      process,
      carry: async (task) => {
        if (task.kind !== "export-usage") throw new Error("Only exports are carried");
        for (let next: Task | undefined = task; next; ) {
          const { batchItemFailures } = await process.ask<{ batchItemFailures: unknown[] }>("invoke", sqsEvent(next));
          if (batchItemFailures.length > 0) throw new Error("The worker failed");
          const message = handedOver.get(task.exportId);
          handedOver.delete(task.exportId);
          next = message === undefined ? undefined : JSON.parse(message);
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
      const start = startUsageExport({ table, now: () => new Date(), newId: randomUUID });
      const by = { actor: "bench", actorName: "Bench", address: "127.0.0.1" };
      const { id, lane } = await start({ partnerId, id: randomUUID(), trigger, mode: "full", by });
      return { kind: "export-usage", lane, partnerId, exportId: id, leg: 0 };
    },
    /** Forgets a run that was left unfinished. */
    forgetRun: async (partnerId: string, ledgerBits: number) => {
      const row = integrationRow(partnerId);
      await table.put({ ...row, ledgerBits });
    },
    find: async (task: Task): Promise<UsageExport> => {
      const found = task.kind === "export-usage" && (await findExport(table, task.partnerId, task.exportId));
      if (!found) throw new Error("The export is gone");
      return found;
    },
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
