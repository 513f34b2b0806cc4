import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import type { Outcome, SeedRange } from "./seeds.ts";

const outcomes = z.array(z.object({ kind: z.enum(["partner", "fleet"]), seed: z.int(), faults: z.array(z.string()) }));

// small enough for a lively progress, large enough that the threads' last ones end together
const seedsPerPart = { partner: 500, fleet: 50 } as const;

// a history lives for milliseconds: with more room for the young, most of it is gone before anybody looks
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

// a hundred times what a part takes
const patienceMs = 180_000;

const answerOf = async (worker: Worker) => {
  const [answer] = await once(worker, "message");
  return outcomes.parse(answer);
};
/** A use case that goes round in circles lets nobody else run in its thread. */
const noAnswer = () => sleep(patienceMs, undefined, { ref: false });
const endless = ({ kind, from, seeds }: SeedRange): Outcome => ({
  kind,
  seed: from,
  faults: [`endless: this one, or one of the ${seeds - 1} after it, never ends`],
});

/** The range in as many threads; `onPart` hears of each part as it ends. */
export const runInThreads = async (
  { kind, from, seeds, untilBroken = false }: SeedRange & { untilBroken?: boolean },
  threads: number,
  onPart: (part: SeedRange, broken: Outcome[]) => void = () => undefined,
): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  let next = from;
  const thread = async () => {
    // plain Node, whatever runs this: a test runner's transformed modules are slower
    const worker = new Worker(new URL("./seed-thread.ts", import.meta.url), { execArgv: [], resourceLimits });
    try {
      while (next < from + seeds && !(untilBroken && broken.length > 0)) {
        const atMost = untilBroken ? seedsPerPart[kind] / 5 : seedsPerPart[kind];
        const part = { kind, from: next, seeds: Math.min(atMost, from + seeds - next) };
        next += part.seeds;
        worker.postMessage(part);
        const answer = await Promise.race([answerOf(worker), noAnswer()]);
        const found = answer ?? [endless(part)];
        broken.push(...found);
        onPart(part, found);
        if (answer === undefined) return;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, thread));
  return broken.sort((a, b) => a.seed - b.seed);
};
