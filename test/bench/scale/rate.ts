import { blockSizes } from "#functions/export-usage/start-run";
import { pacer } from "#shared/pace/pacer";
import { systemClock } from "#shared/pace/system-clock";
import { tableSlots } from "#shared/pace/table-slots";
import { callsPerSecond } from "#test/fakes/rate";
import { print, printTable } from "../report.ts";
import type { BenchDynamo } from "../rig/dynamo.ts";
import { countingTable } from "../units/counting-table.ts";

/** So many senders take slots, as fast as they are given, for a share of the calls each. */
const share = async (dynamo: BenchDynamo, senders: number, blockSize: number, calls: number) => {
  const table = countingTable(dynamo.table);
  const slots = () => tableSlots(table, `rate-${senders}-${blockSize}`, systemClock, callsPerSecond);
  const each = Math.ceil(calls / senders);
  const startedAt = Date.now();
  const send = async () => {
    const { slot } = pacer(slots(), systemClock, blockSize, each);
    for (let call = 0; call < each; call += 1) await slot();
  };
  await Promise.all(Array.from({ length: senders }, send));
  const { write, read } = table.total();
  const taken = each * senders;
  return { perSecond: (taken * 1000) / (Date.now() - startedAt), write: write / taken, read: read / taken };
};

/** What the shared rate costs, at its real pace. */
export const rateUnits = async (dynamo: BenchDynamo, calls: number) => {
  print(`\n### The rate, at ${callsPerSecond} a second\n`);
  const rows: (string | number)[][] = [];
  for (const [lane, blockSize] of Object.entries(blockSizes)) {
    for (const senders of [1, 8]) {
      const { perSecond, write, read } = await share(dynamo, senders, blockSize, calls);
      rows.push([lane, senders, perSecond.toFixed(1), (write * 1000).toFixed(1), (read * 1000).toFixed(1)]);
    }
  }
  printTable(["lane", "senders", "slots a second", "write units per 1,000 calls", "read units per 1,000 calls"], rows);
};
