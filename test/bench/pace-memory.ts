import { maxUnderWay } from "#shared/exports/admission/admission";
import { paceOf } from "./pace-of.ts";
import { allLimits } from "./pace-settings.ts";
import { megabytes, oneDecimal, print, printTable } from "./report.ts";
import { coresOf } from "./rig/core-share.ts";
import { type Memory, paceRig, type Worker } from "./rig/pace-rig.ts";

const usualMemories = [256, 512, 768, 1024];
const runsTogether = maxUnderWay;
const setting = { latencyMs: 200, jitterMs: 20, limits: allLimits };

export interface MemoryExtent {
  /** Lines in each measurement, together. */
  lines: number;
  /** In MB. */
  memories?: number[] | undefined;
}

/**
 * The pace under the share of a core that Lambda gives to a memory: of one large run, and of as many side by side as
 * one worker carries. Calls to Gradient are by TLS, those to the table are not.
 */
export const paceByMemory = async ({ lines, memories = usualMemories }: MemoryExtent) => {
  const rig = await paceRig({ secure: true });
  try {
    const one = ["org-one"];
    const together = Array.from({ length: runsTogether }, (_, index) => `org-together-${index}`);
    for (const partner of one) await rig.addPartner(partner, lines);
    for (const partner of together) await rig.addPartner(partner, Math.ceil(lines / runsTogether));

    const measure = async (worker: Worker, partners: string[]) => {
      await rig.set(setting);
      const tasks = await Promise.all(partners.map((partner) => rig.start(partner, "schedule")));
      const cpuBefore = await worker.process.ask<number>("cpuSeconds");
      const startedAt = performance.now();
      await worker.carryTogether(tasks);
      const seconds = (performance.now() - startedAt) / 1000;
      const cores = ((await worker.process.ask<number>("cpuSeconds")) - cpuBefore) / seconds;
      const { refused, steady, whole } = paceOf(await rig.stats());
      return [oneDecimal(steady), oneDecimal(whole), refused, oneDecimal(seconds), cores.toFixed(3)];
    };

    const rows: (string | number)[][] = [];
    let by: string | null = null;
    for (const memoryMb of memories) {
      const worker = await rig.worker({ memoryMb });
      by = worker.limitedBy;
      for (const [name, partners] of [
        ["one run", one],
        [`${runsTogether} runs`, together],
      ] as const) {
        const cells = await measure(worker, partners);
        rows.push([memoryMb, coresOf(memoryMb).toFixed(3), name, ...cells]);
      }
      const { peakBytes } = await worker.process.ask<Memory>("memory");
      worker.stop();
      for (const row of rows.slice(-2)) row.push(megabytes(peakBytes));
    }
    print(`\n### The pace by memory, ${lines} lines each time; kept to its share of a core by ${by}\n`);
    printTable(
      [
        "MB",
        "of a core",
        "at a time",
        "a second, steady",
        "a second, whole run",
        "429s",
        "seconds",
        "of a core used",
        "peak MB",
      ],
      rows,
    );
  } finally {
    await rig.close();
  }
};
