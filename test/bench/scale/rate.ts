import { blockSizes } from "#functions/export-usage/export-usage";
import { pacer } from "#shared/usage/pacer";
import { systemClock } from "#shared/usage/system-clock";
import { tableSlots } from "#shared/usage/table-slots";
import { print, printTable } from "../report.ts";
import type { BenchDynamo } from "../rig/dynamo.ts";
import { countingTable } from "../units/counting-table.ts";

/** So many senders take slots, as fast as they are given, for a while. */
const share = async (dynamo: BenchDynamo, senders: number, blockSize: number, forMs: number) => {
  const table = countingTable(dynamo.table);
  const name = `rate-${senders}-${blockSize}`;
  let taken = 0;
  const endsAt = Date.now() + forMs;
  const send = async () => {
    const paced = pacer(tableSlots(table, name, systemClock), systemClock, blockSize);
    while (Date.now() < endsAt) if (await paced.slot()) taken += 1;
  };
  await Promise.all(Array.from({ length: senders }, send));
  const { write, read } = table.total();
  return { perSecond: (taken * 1000) / forMs, write: write / taken, read: read / taken };
};

/** What the shared rate costs, at its real pace. */
export const rateUnits = async (dynamo: BenchDynamo, forMs: number) => {
  print("\n### The rate, at 95 a second\n");
  const rows: (string | number)[][] = [];
  for (const [lane, blockSize] of Object.entries(blockSizes)) {
    for (const senders of [1, 8]) {
      const { perSecond, write, read } = await share(dynamo, senders, blockSize, forMs);
      rows.push([lane, senders, perSecond.toFixed(1), (write * 1000).toFixed(1), (read * 1000).toFixed(1)]);
    }
  }
  printTable(["lane", "senders", "slots a second", "write units per 1,000 calls", "read units per 1,000 calls"], rows);
};
