import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import type { Outcome, SeedRange } from "./seeds.ts";

const outcomes = z.array(z.object({ kind: z.enum(["partner", "fleet"]), seed: z.int(), faults: z.array(z.string()) }));

// small enough for a lively progress, large enough that the threads' last ones end together
const seedsPerPart = { partner: 500, fleet: 100 } as const;

// a history lives for milliseconds: with more room for the young, most of it is gone before anybody looks
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

// Of the processor, and not of the clock: beside other work a part takes as long as it is given to. Ten times what one
// takes.
const patienceUs = 120_000_000;
const lookEveryMs = 2_000;

/** Answers undefined where the part goes round in circles: then nobody else runs in its thread. */
const answerTo = async (worker: Worker, part: SeedRange): Promise<Outcome[] | undefined> => {
  const answered = once(worker, "message").then(([answer]) => outcomes.parse(answer));
  const before = await worker.cpuUsage();
  worker.postMessage(part);
  for (;;) {
    const answer = await Promise.race([answered, sleep(lookEveryMs, undefined, { ref: false })]);
    if (answer !== undefined) return answer;
    const { user, system } = await worker.cpuUsage(before);
    if (user + system > patienceUs) return undefined;
  }
};
const endless = ({ kind, from, seeds }: SeedRange): Outcome => ({
  kind,
  seed: from,
  faults: [`endless: this one, or one of the ${seeds - 1} after it, never ends`],
});

interface Stretch extends SeedRange {
  untilBroken?: boolean;
  /** No part begins later, but for the first. */
  endsAt?: number;
}

/** The range in as many threads, from its begin on without a gap; `onPart` hears of each part as it ends. */
export const runInThreads = async (
  { kind, from, seeds, untilBroken = false, endsAt = Number.POSITIVE_INFINITY }: Stretch,
  threads: number,
  onPart: (part: SeedRange, broken: Outcome[]) => void = () => undefined,
): Promise<Outcome[]> => {
  const broken: Outcome[] = [];
  let next = from;
  const mayGoOn = (): boolean => {
    if (next >= from + seeds || (untilBroken && broken.length > 0)) return false;
    return next === from || Date.now() < endsAt;
  };
  // plain Node, whatever runs this: a test runner's transformed modules are slower
  const newWorker = async () => {
    const worker = new Worker(new URL("./seed-thread.ts", import.meta.url), { execArgv: [], resourceLimits });
    await once(worker, "online");
    return worker;
  };
  const thread = async () => {
    let worker = await newWorker();
    try {
      while (mayGoOn()) {
        const atMost = untilBroken ? seedsPerPart[kind] / 5 : seedsPerPart[kind];
        const part = { kind, from: next, seeds: Math.min(atMost, from + seeds - next) };
        next += part.seeds;
        const answer = await answerTo(worker, part);
        const found = answer ?? [endless(part)];
        broken.push(...found);
        onPart(part, found);
        if (answer !== undefined) continue;
        await worker.terminate();
        worker = await newWorker();
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, thread));
  return broken.sort((a, b) => a.seed - b.seed);
};
