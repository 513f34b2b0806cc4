import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import type { Outcome } from "./history.ts";

export interface Range {
  from: number;
  seeds: number;
}

const outcomes = z.array(z.object({ seed: z.int(), faults: z.array(z.string()) }));
const seedsPerPart = 500;

/** The broken ones of many histories, played on every core. Stops where more than `enough` are broken. */
export const playMany = async ({ from, seeds }: Range, enough: number): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  let next = from;
  const thread = async () => {
    // plain Node, whatever runs this: a test runner's transformed modules are slower
    const worker = new Worker(new URL("./history-thread.ts", import.meta.url), { execArgv: [] });
    const play = async (part: Range): Promise<Outcome[]> => {
      worker.postMessage(part);
      const [found] = await once(worker, "message");
      return outcomes.parse(found);
    };
    try {
      while (next < from + seeds && broken.length < enough) {
        const part = { from: next, seeds: Math.min(seedsPerPart, from + seeds - next) };
        next += part.seeds;
        broken.push(...(await play(part)));
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, thread));
  return broken.toSorted((a, b) => a.seed - b.seed);
};

export const describeOutcome = ({ seed, faults }: Outcome): string =>
  `seed ${seed}: ${faults.join("; ")}\n  replay: node test/simulation/breakers/run.ts --from ${seed} --seeds 1 --trace`;
