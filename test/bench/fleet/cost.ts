import { exportWorkers, usualMemoryMb } from "#infra/export-workers";
import { setLogLevel } from "#shared/logger";
import { defaultSchedule } from "#shared/schedules/schedule";
import type { Table } from "#shared/table/table";
import { costPerMillion, listPrices, type Taken, totalOf } from "../cost-model.ts";
import { oneDecimal, print, printTable } from "../report.ts";
import { type CountingTable, countingTable } from "../units/counting-table.ts";
import { type FleetPartner, partnerIdOf } from "./fleet-partners.ts";
import { allChangedFrom } from "./fleet-usage.ts";
import { fleetWorld } from "./fleet-world.ts";
import type { Goal } from "./goals.ts";

const hourMs = 3_600_000;
const begins = Date.parse("2026-11-10T06:59:30.000Z");
const dueAt = "2026-11-10T07:00:00.000Z";
const megabytesOfGigabyte = 1024;
const relayMs = 60;

export interface CostSettings {
  partners: number;
  lines: number;
}

/** What the log lines of all functions take. */
const countingLogs = async (work: () => Promise<void>): Promise<number> => {
  const write = process.stdout.write;
  let bytes = 0;
  process.stdout.write = (text) => {
    bytes += Buffer.byteLength(text);
    return true;
  };
  setLogLevel("INFO");
  try {
    await work();
  } finally {
    setLogLevel("SILENT");
    process.stdout.write = write;
  }
  return bytes;
};

/**
 * Everybody due at once, every count changed: what the whole service takes from due to accepted, for a million counts.
 */
export const playCost = async ({ partners: count, lines }: CostSettings) => {
  const partners: FleetPartner[] = Array.from({ length: count }, (_, place) => ({
    index: allChangedFrom + place,
    id: partnerIdOf(allChangedFrom + place),
    lines,
    schedule: defaultSchedule("America/New_York"),
    nextRunAt: dueAt,
  }));
  let calls = 0;
  let over = 0;
  let units: CountingTable | undefined;
  const through = (table: Table): Table => {
    units = countingTable(table);
    return units;
  };
  const world = fleetWorld({
    partners,
    from: begins,
    through,
    onCount: ({ kind }) => {
      calls += Number(kind === "accepted");
    },
    onEnd: ({ kind }) => {
      over += Number(kind === "all");
    },
  });
  const { clock, service } = world;
  const logBytes = await countingLogs(async () => {
    service.start(Date.parse(dueAt) + 500);
    await clock.runUntil(begins + 5 * hourMs, () => over === count);
    // until the workers have ended
    await clock.runUntil(clock.now() + 20_000);
  });
  if (!units) throw new Error("Nothing was counted");
  const { write, read } = units.total();
  const { usage } = service;
  const taken: Taken = {
    counts: calls,
    workerSeconds: Math.round(usage.workerMs / 100) / 10,
    workerGb: exportWorkers.memoryMb / megabytesOfGigabyte,
    otherSeconds: Math.round((usage.relays * relayMs + usage.tickMs) / 100) / 10,
    otherGb: usualMemoryMb / megabytesOfGigabyte,
    invocations: usage.invocations + usage.relays + usage.ticks,
    messages: service.messages(),
    writeUnits: Math.round(write),
    readUnits: Math.round(read),
    logBytes,
  };
  const cost = costPerMillion(listPrices, taken);
  const total = totalOf(cost);
  print(`\n### A million counts, ${count} partners of ${lines} lines: workers of ${exportWorkers.memoryMb} MB\n`);
  const cells = Object.values(cost).map((part) => `$${part.toFixed(3)}`);
  printTable([...Object.keys(cost), "**together**"], [[...cells, `**$${total.toFixed(3)}**`]]);
  print(`\n${JSON.stringify({ lines, taken })}`);
  const kinds = [...units.byKind].sort(([, a], [, b]) => b.write - a.write);
  print("");
  printTable(
    ["rows", "calls a run", "write units a run", "read units a run"],
    kinds.map(([kind, its]) => [
      kind,
      oneDecimal(its.calls / count),
      oneDecimal(its.write / count),
      oneDecimal(its.read / count),
    ]),
  );
  print(
    `\ncalls ${calls}, runs ${over}, ${JSON.stringify(usage)}, messages ${service.messages()}, failures ${world.failures.length} ${String(world.failures[0])}`,
  );
  return total;
};

export const costGoal = (lines: number, reach: number, seen: number): Goal => ({
  figure: `a million counts, ${lines} lines a partner, memory included`,
  reach: `≤ $${reach.toFixed(2)}`,
  seen: `$${seen.toFixed(3)}`,
  isReached: seen <= reach,
});
