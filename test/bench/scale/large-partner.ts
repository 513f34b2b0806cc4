import { randomUUID } from "node:crypto";
import { startExport } from "#functions/start-export/start-export";
import type { ExportMode } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { toUsageItem } from "#shared/usage/usage";
import { megabytes, oneDecimal, print, printTable } from "../report.ts";
import type { Bundles } from "../rig/bundles.ts";
import { type BenchDynamo, tableName } from "../rig/dynamo.ts";
import { otherProcess, smallHeap } from "../rig/other-process.ts";
import { catalogueRows, customerIdOf, partnerRows, serviceIds } from "../rig/partner-rows.ts";
import type { Units } from "../units/counting-table.ts";
import type { LargeRun, Place } from "./large-partner-process.ts";

/** One run from its start to its end, against a Gradient that answers at once. */
export const runOnce = async (
  dynamo: BenchDynamo,
  bundles: Bundles,
  partnerId: string,
  mode: ExportMode,
): Promise<LargeRun> => {
  const { table } = dynamo;
  const start = startExport({ table, now: () => new Date(), newId: randomUUID, random: Math.random });
  const { id } = await start({ partnerId, by: { actor: "bench", actorName: "Bench", address: null }, mode });
  const child = otherProcess(bundles.largePartnerProcess, { execArgv: smallHeap });
  try {
    const place: Place = { dynamoUrl: dynamo.url, tableName, partnerId, exportId: id };
    return await child.ask<LargeRun>("carry", place);
  } finally {
    child.stop();
  }
};

/** One in fifty customers has other numbers than before. */
const changeSome = async (dynamo: BenchDynamo, partnerId: string, lines: number) => {
  const measuredAt = new Date().toISOString();
  const customers = Math.ceil(lines / serviceIds.length / 50);
  const counts = Object.fromEntries(serviceIds.map((service) => [service, { unitCount: 999, measuredAt }]));
  await dynamo.seed(
    Array.from({ length: customers }, (_, index) => {
      return toUsageItem({ partnerId, customerId: customerIdOf(index * 50), counts, version: 2 });
    }),
  );
};

/** The rate is measured by itself, at the real pace. */
const withoutRate = ({ units }: LargeRun) => units.filter(([kind]) => kind !== "limiter");

/** What an export costs however few lines it has. */
export const smallPartner = async (dynamo: BenchDynamo, bundles: Bundles) => {
  const partnerId = "org-small";
  const lines = 20;
  await dynamo.seed(catalogueRows());
  await dynamo.seed(partnerRows(partnerId, lines));
  print(`\n### One partner with ${lines} lines\n`);
  const rows: (string | number)[][] = [];
  for (const name of ["full, first", "full, again"]) {
    const units = withoutRate(await runOnce(dynamo, bundles, partnerId, "full"));
    const sum = (of: keyof Units) => units.reduce((all, [, each]) => all + each[of], 0);
    rows.push([name, sum("calls"), sum("write"), sum("read")]);
  }
  printTable(["run", "calls", "write units", "read units"], rows);
};

/**
 * One partner with very many lines: planning, closing, and what its runs cost in units. The rate's share is not in it.
 */
export const largePartner = async (dynamo: BenchDynamo, bundles: Bundles, lines: number) => {
  const partnerId = "org-large";
  await dynamo.seed(catalogueRows());
  await dynamo.seed(partnerRows(partnerId, lines));
  print(`\n### One partner with ${lines} lines, a Gradient that answers at once\n`);
  const rows: (string | number)[][] = [];
  const kinds: (string | number)[][] = [];
  const run = async (name: string, mode: ExportMode) => {
    const result = await runOnce(dynamo, bundles, partnerId, mode);
    const units = withoutRate(result);
    const perThousand = (of: "write" | "read") =>
      oneDecimal((units.reduce((sum, [, each]) => sum + each[of], 0) * 1000) / lines);
    rows.push([
      name,
      oneDecimal(result.planSeconds),
      megabytes(result.planPeakBytes),
      oneDecimal(result.sendSeconds),
      result.closeSeconds.toFixed(2),
      oneDecimal(result.cpuSeconds),
      megabytes(result.peakBytes),
      perThousand("write"),
      perThousand("read"),
      oneDecimal(result.receiptBytes / lines),
    ]);
    for (const [kind, { calls, write, read }] of units) {
      kinds.push([name, kind, calls, oneDecimal((write * 1000) / lines), oneDecimal((read * 1000) / lines)]);
    }
  };
  await run("full, first", "full");
  await run("full, again", "full");
  await changeSome(dynamo, partnerId, lines);
  await run("changes, 2 % changed", "changes");
  printTable(
    [
      "run",
      "plan s",
      "peak MB then",
      "send s",
      "close s",
      "own CPU s",
      "peak MB",
      "write units per 1,000 lines",
      "read units per 1,000 lines",
      "receipt bytes a line",
    ],
    rows,
  );
  print("\nBy kind of row:\n");
  printTable(["run", "row", "calls", "write units per 1,000 lines", "read units per 1,000 lines"], kinds);
  const bits = (await findIntegration(dynamo.table, partnerId))?.ledgerBits ?? 0;
  print(`\nThe ledger has ${2 ** bits} rows.`);
};
