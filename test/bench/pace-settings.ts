import type { GradientStats, Setting } from "./gradient/gradient-process.ts";
import type { LimitKind } from "./gradient/limits.ts";
import { paceOf } from "./pace-of.ts";
import { megabytes, oneDecimal, print, printTable } from "./report.ts";
import { otherProcess } from "./rig/other-process.ts";
import type { Memory, PaceRig, Worker } from "./rig/pace-rig.ts";

// all at once: whoever none of them refuses would not have been refused by each alone
export const allLimits: LimitKind[] = ["sliding", "fixed", "bucket"];

const describe = ({ latencyMs, jitterMs }: Setting): string => `${latencyMs} ms, 0–${jitterMs} ms`;

const allSettings = (latencies: number[], jitters: number[], limits: LimitKind[]): Setting[] =>
  latencies.flatMap((latencyMs) => jitters.map((jitterMs) => ({ latencyMs, jitterMs, limits })));

/** How many were refused, and by which limits. */
const refusals = ({ refused, refusedBy }: GradientStats): string => {
  const by = Object.entries(refusedBy).map(([kind, count]) => `${kind} ${count}`);
  return refused === 0 ? "0" : `${refused} (${by.join(", ")})`;
};

export interface Extent {
  latencies: number[];
  jitters: number[];
  /** Lines in each setting, together. */
  lines: number;
  peerMs: number;
}

/** An export each by so many workers in parallel, in every setting. */
export const inEverySetting = async (rig: PaceRig, workers: Worker[], { latencies, jitters, lines }: Extent) => {
  const share = Math.ceil(lines / workers.length);
  const partners = workers.map((_, index) => `org-pace-${workers.length}-${index}`);
  for (const partner of partners) await rig.addPartner(partner, share);
  print(
    `\n### ${workers.length === 1 ? "One worker" : `${workers.length} workers in parallel`}, ${lines} lines each time\n`,
  );
  const rows: (string | number)[][] = [];
  for (const setting of allSettings(latencies, jitters, allLimits)) {
    await rig.set(setting);
    const before = await rig.reservations();
    const tasks = await Promise.all(partners.map((partner) => rig.start(partner, "schedule")));
    await Promise.all(workers.map((worker, index) => tasks[index] && worker.carry(tasks[index])));
    const stats = await rig.stats();
    const { accepted, steady, whole } = paceOf(stats);
    const blocks = (await rig.reservations()) - before;
    rows.push([describe(setting), accepted, oneDecimal(steady), oneDecimal(whole), refusals(stats), blocks]);
  }
  printTable(
    ["answer after, arrival spread over", "accepted", "a second, steady", "a second, whole run", "429s", "blocks"],
    rows,
  );
  const memories = await Promise.all(workers.map(({ process }) => process.ask<Memory>("memory")));
  const peak = Math.max(...memories.map(({ peakBytes }) => peakBytes));
  print(`\nPeak memory of a worker: ${megabytes(peak)} MB.`);
};

/** What people use today, against the sliding limit alone. */
export const peers = async (rig: PaceRig, { latencies, jitters, peerMs }: Extent) => {
  const round = async (name: string, latencyMs: number, jitterMs: number) => {
    const setting: Setting = { latencyMs, jitterMs, limits: ["sliding"] };
    await rig.set(setting);
    const peer = otherProcess(`${import.meta.dirname}/peers/peer-process.ts`);
    // the throttled ones end their process in order to drop what still waits
    await peer.ask(name, { url: rig.gradientUrl, forMs: peerMs }).catch(() => undefined);
    peer.stop();
    const { accepted, refused, steady } = paceOf(await rig.stats());
    return [name, describe(setting), accepted, oneDecimal(steady), refused];
  };
  const rows: (string | number)[][] = [];
  for (const latencyMs of latencies) rows.push(await round("one at a time", latencyMs, 0));
  for (const name of ["p-throttle", "p-throttle, strict"]) {
    for (const jitterMs of jitters) rows.push(await round(name, latencies[0] ?? 50, jitterMs));
  }
  print(`\n### Beside it, ${peerMs / 1000} s each\n`);
  printTable(["client", "answer after, arrival spread over", "accepted", "a second, steady", "429s"], rows);
};
