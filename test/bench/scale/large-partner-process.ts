import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { exportUsage } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { breakerKeeper } from "#shared/breakers/keeper";
import { partnerToken } from "#shared/gradient/gradient-token";
import { systemClock } from "#shared/pace/system-clock";
import { dynamoTable } from "#shared/table/dynamo-table";
import type { Item, Table } from "#shared/table/table";
import { callsPerSecond } from "#test/fakes/rate";
import { answering } from "../rig/answering.ts";
import { countingTable, type Units } from "../units/counting-table.ts";

export interface Place {
  dynamoUrl: string;
  tableName: string;
  partnerId: string;
  exportId: string;
}

export interface LargeRun {
  planSeconds: number;
  sendSeconds: number;
  closeSeconds: number;
  cpuSeconds: number;
  planPeakBytes: number;
  peakBytes: number;
  units: [string, Units][];
  receiptBytes: number;
}

const token = partnerToken.parse("bench-partner-token-0001");
const vault = { read: async () => token, forget: () => undefined };
const vendorKey = { current: async () => ({ key: "bench-vendor-key", version: "1" }), forget: () => undefined };
const perSecond = 100_000;
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

/** Notes when the plan is stored, when the last chunk is behind it, and when the run is over. */
const watched = (table: Table) => {
  const moments = { planned: 0, planPeakBytes: 0, sent: 0, over: 0 };
  const see = (item: Item) => {
    if (typeof item.sk !== "string" || !item.sk.startsWith("export#")) return;
    if (moments.planned === 0 && item.chunks !== null) {
      moments.planned = performance.now();
      moments.planPeakBytes = peakBytes();
    }
    if (moments.sent === 0 && item.chunks === item.nextChunk) moments.sent = performance.now();
    if (item.state === "finished") moments.over = performance.now();
  };
  const result: Table = {
    ...table,
    put: async (item, expect) => {
      await table.put(item, expect);
      see(item);
    },
    transact: async (writes) => {
      await table.transact(writes);
      for (const write of writes) if ("put" in write) see(write.put);
    },
  };
  return { table: result, moments };
};

/** Carries one export, in one go, against a Gradient that answers at once and has no limit. */
const carry = async ({ dynamoUrl, tableName, partnerId, exportId }: Place): Promise<LargeRun> => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: dynamoUrl, region: "us-east-1", credentials, maxAttempts: 5 });
  const counting = countingTable(dynamoTable(client, tableName));
  const { table, moments } = watched(counting);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const { refusals } = breakerKeeper({
    table,
    clock: systemClock,
    newId: randomUUID,
    vault,
    vendorKey,
    gradientWith: () => ({ readConnection: () => Promise.reject(new Error("Nothing is refused here")) }),
  });
  // in this lane a worker admits nobody else, whose units would be counted, too
  const message = { lane: "on-demand", partnerId, exportId } as const;
  const outcomes = await exportUsage({
    table,
    gradient: {
      as: ({ pacer }) => ({
        setUnitCount: async () => {
          await pacer.slot();
          return { kind: "accepted", sentAt: Date.now() };
        },
      }),
    },
    vault,
    refusals,
    pacersFor: lanePacers({ table, clock: systemClock, per: "vendor", perSecond }),
    // as many calls under way as in the service
    callsPerSecond,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
  })([message], { remainingMs: () => 300_000 });
  const outcome = outcomes.get(message);
  if (typeof outcome === "object") throw outcome.failure;
  if (outcome !== "finished") throw new Error(`The export was ${outcome}`);
  const { user, system } = process.cpuUsage(cpuBefore);
  client.destroy();
  return {
    planSeconds: (moments.planned - startedAt) / 1000,
    sendSeconds: (moments.sent - moments.planned) / 1000,
    closeSeconds: (moments.over - moments.sent) / 1000,
    cpuSeconds: (user + system) / 1e6,
    planPeakBytes: moments.planPeakBytes,
    peakBytes: peakBytes(),
    units: [...counting.byKind],
    receiptBytes: counting.storedBytes("chunk"),
  };
};

answering({ carry });
