import type { CallClass } from "#shared/pace/limiter";
import { pacer } from "#shared/pace/pacer";
import { systemClock } from "#shared/pace/system-clock";
import { slotsOf } from "#shared/pace/table-slots";
import { callsPerSecond } from "#test/fakes/rate";
import { print, printTable } from "../report.ts";
import type { BenchDynamo } from "../rig/dynamo.ts";
import { countingTable } from "../units/counting-table.ts";

/** So many senders take slots, as fast as they are given, for a share of the calls each. */
const share = async (dynamo: BenchDynamo, senders: number, its: CallClass, calls: number) => {
  const table = countingTable(dynamo.table);
  // a row of its own for each setting: what one has taken lies ahead of nobody else
  const slots = slotsOf({ table, clock: systemClock, per: "partner", perSecond: callsPerSecond });
  const each = Math.ceil(calls / senders);
  const startedAt = Date.now();
  const send = async (taker: string) => {
    const { slot, expect } = pacer(slots(`${its}-${senders}`).for({ class: its, taker }), systemClock);
    expect(each);
    for (let call = 0; call < each; call += 1) await slot();
  };
  await Promise.all(Array.from({ length: senders }, (_, index) => send(`sender-${index}`)));
  const { write, read } = table.total();
  const taken = each * senders;
  return { perSecond: (taken * 1000) / (Date.now() - startedAt), write: write / taken, read: read / taken };
};

/** What the shared rate costs, at its real pace. */
export const rateUnits = async (dynamo: BenchDynamo, calls: number) => {
  print(`\n### The rate, at ${callsPerSecond} a second\n`);
  const rows: (string | number)[][] = [];
  for (const its of ["on-demand", "scheduled"] as const) {
    for (const senders of [1, 2, 8]) {
      const { perSecond, write, read } = await share(dynamo, senders, its, calls);
      rows.push([its, senders, perSecond.toFixed(1), (write * 1000).toFixed(1), (read * 1000).toFixed(1)]);
    }
  }
  printTable(["class", "senders", "slots a second", "write units per 1,000 calls", "read units per 1,000 calls"], rows);
};
